using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary>The newest page of a session, for <c>agent://{userId}/history</c>, <c>agent://{userId}/history/{sessionId}</c> and prompts.</summary>
internal static class SessionHistory
{
    /// <summary>Its place, behind <c>agent://{userId}/</c>; a session's is below it.</summary>
    public const string Path = "history";

    /// <summary>How arguments that name a session are called.</summary>
    public const string Argument = "sessionId";

    private const int Limit = 100;

    private static readonly Refusal NotFound = new(AgentRefusals.SessionNotFound, SessionId.NotFoundDetail);

    /// <summary>Reads it.</summary>
    /// <param name="reads">Reads of the agent.</param>
    /// <param name="agent">Which.</param>
    /// <param name="session">As a client gave it; null: the default one.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public static async Task<Result<ResourceContents>> ReadAsync(LongReads reads, AgentKey agent, string? session, CancellationToken cancellationToken)
    {
        if (session is not null && !SessionId.CanExist(session))
            return NotFound;
        var page = await reads.GetHistoryAsync(agent, new GetHistory(session, Limit, null), cancellationToken);
        return AgentDocument.Of(AgentUri.Of(agent, session is null ? Path : $"{Path}/{session}"), page, GatewayJson.Answers.HistoryPage);
    }
}
