using System.Text.Json;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary><c>agent://{userId}/info</c>: as <c>get_info</c> reads it.</summary>
internal sealed class InfoResource(InfoReader reader) : IMcpResource
{
    public string Path => "info";

    public string Title => "About the agent";

    public string Description => "The agent's user, wallet address and balance, number of messages, budget, and when it was last active.";

    public async Task<Result<JsonElement>> ReadAsync(AgentKey agent, CancellationToken cancellationToken) =>
        (await reader.ReadAsync(agent, cancellationToken)).ToOutput(GatewayJson.Answers.InfoResponse);
}
