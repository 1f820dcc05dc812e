using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary><c>agent://{userId}/info</c>: as <c>get_info</c> reads it.</summary>
internal sealed class InfoResource(InfoReader reader) : IMcpResource
{
    private const string Path = "info";
    private const string Description = "The agent's user, wallet address and balance, number of messages, budget, and when it was last active.";

    public Resource DefinitionOf(AgentKey agent) => AgentDocument.Definition(agent, Path, "About the agent", Description);

    public async Task<Result<ResourceContents>> ReadAsync(AgentKey agent, CancellationToken cancellationToken) =>
        AgentDocument.Of(AgentUri.Of(agent, Path), await reader.ReadAsync(agent, cancellationToken), GatewayJson.Answers.InfoResponse);
}
