using AgentMesh.Gateway.Agents;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary><c>agent://{userId}/history</c>: the newest page of the default session.</summary>
internal sealed class HistoryResource(LongReads reads) : IMcpResource
{
    private const string Description = "The newest 100 messages of the conversation with the agent, oldest first. The tool get_history reads older ones.";

    public Resource DefinitionOf(AgentKey agent) => AgentDocument.Definition(agent, SessionHistory.Path, "Conversation", Description);

    public Task<Result<ResourceContents>> ReadAsync(AgentKey agent, CancellationToken cancellationToken) => SessionHistory.ReadAsync(reads, agent, null, cancellationToken);
}
