// MCP9005: sampling and roots are deprecated, and clients that have them may be asked as long as the protocol knows them.
#pragma warning disable MCP9005

using AgentMesh.Primitives;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentMesh.Gateway.Mcp.Questions;

/// <summary>Puts questions of tools and prompts to clients, and takes their answers. Nothing is kept here between the two.</summary>
internal sealed class McpQuestions(RequestStateSeal seal)
{
    /// <summary>What a request answers to earlier questions; refused with <c>invalid_request_state</c>.</summary>
    public Result<McpAnswers> Read<T>(RequestScope scope, RequestContext<T> request)
        where T : RequestParams
    {
        string? state = null;
        if (request.Params.RequestState is { } text)
        {
            var opened = seal.Open(scope, text);
            if (opened.IsRefused)
                return opened.Refusal;
            state = opened.Value;
        }

        return new McpAnswers(request.Params.InputResponses, state, CapabilitiesOf(request));
    }

    /// <summary>A refusal as it is, but for a question that can be put, which leaves as the SDK's exception.</summary>
    /// <exception cref="InputRequiredException">The question.</exception>
    /// <exception cref="MissingRequiredClientCapabilityException">The client did not say that it can answer it, and nothing else is to be said.</exception>
    public Refusal Put<T>(RequestScope scope, RequestContext<T> request, Refusal refusal)
        where T : RequestParams
    {
        if (refusal is not McpQuestion question)
            return refusal;
        if (!McpRevisions.HasNoHandshake(McpCaller.RevisionOf(request)))
            return question.Otherwise ?? refusal;
        if (WhyNot(question, CapabilitiesOf(request)) is { } told)
            return told;
        var state = question.State is null ? null : seal.Seal(scope, question.State);
        throw new InputRequiredException(question.Requests.ToDictionary(), state);
    }

    /// <summary>What a client is told that cannot answer; null: it can.</summary>
    /// <exception cref="MissingRequiredClientCapabilityException">The client did not say that it can, and the question has nothing else for it.</exception>
    public static Refusal? WhyNot(McpQuestion question, ClientCapabilities? capabilities) => Missing(question, capabilities ?? new ClientCapabilities()) is { } missing
        ? question.Otherwise ?? throw new MissingRequiredClientCapabilityException(missing, "The call asks its client for what the client did not say it can do.")
        : null;

    private static ClientCapabilities? CapabilitiesOf<T>(RequestContext<T> request) => request.JsonRpcRequest.Context?.ClientCapabilities;

    private static ClientCapabilities? Missing(McpQuestion question, ClientCapabilities given)
    {
        var methods = question.Requests.Values.Select(request => request.Method).ToHashSet(StringComparer.Ordinal);
        var missing = new ClientCapabilities
        {
            Elicitation = methods.Contains(RequestMethods.ElicitationCreate) && given.Elicitation is null ? new ElicitationCapability() : null,
            Sampling = methods.Contains(RequestMethods.SamplingCreateMessage) && given.Sampling is null ? new SamplingCapability() : null,
            Roots = methods.Contains(RequestMethods.RootsList) && given.Roots is null ? new RootsCapability() : null,
        };
        return missing is { Elicitation: null, Sampling: null, Roots: null } ? null : missing;
    }
}
