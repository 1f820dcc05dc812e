using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Mcp.Prompts;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary><c>completion/complete</c>, for the owner: ids of sessions, which nobody knows by heart.</summary>
internal sealed class McpCompletions(AgentCalls calls)
{
    // The most that MCP lets an answer have.
    private const int MaxValues = 100;

    /// <summary>Completes the argument of the prompt or of the template; of anything else there is nothing to say.</summary>
    public async Task<CompleteResult> CompleteAsync(McpCaller caller, RequestContext<CompleteRequestParams> request, CancellationToken cancellationToken)
    {
        var argument = McpProblem.Required(McpProblem.Required(request.Params).Argument);
        var isKnown = request.Params.Ref is PromptReference { Name: CatchUpPrompt.Name }
            || request.Params.Ref is ResourceTemplateReference { Uri: { } uri } && uri == SessionHistoryTemplate.UriOf(caller.Agent);
        if (!isKnown || argument.Name != SessionHistory.Argument)
            return new CompleteResult();
        var sessions = await calls.ListSessionsAsync(caller.Agent, new ListSessions(MaxValues, null), cancellationToken);
        if (sessions.IsRefused)
            throw McpProblem.Of(sessions.Refusal);
        string[] values = [.. sessions.Value.Sessions.Select(session => session.Id).Where(id => id.StartsWith(argument.Value ?? "", StringComparison.Ordinal))];
        return new CompleteResult { Completion = new Completion { Values = values, HasMore = sessions.Value.NextCursor is not null } };
    }
}
