using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary>The newest page of a session, for <c>agent://{userId}/history</c>, <c>agent://{userId}/history/{sessionId}</c> and prompts.</summary>
internal static class SessionHistory
{
    private const int Limit = 100;

    private static readonly Refusal NotFound = new(AgentRefusals.SessionNotFound, SessionId.NotFoundDetail);

    /// <summary>Reads it.</summary>
    /// <param name="calls">Calls the agent.</param>
    /// <param name="agent">Which.</param>
    /// <param name="session">As a client gave it; null: the default one.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public static async Task<Result<JsonElement>> ReadAsync(AgentCalls calls, AgentKey agent, string? session, CancellationToken cancellationToken) =>
        session is null || SessionId.CanExist(session)
            ? (await calls.GetHistoryAsync(agent, new GetHistory(session, Limit, null), cancellationToken)).ToOutput(GatewayJson.Answers.HistoryPage)
            : NotFound;
}
