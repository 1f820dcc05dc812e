using System.Text.Json;
using AgentMesh.Gateway.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary><c>agent://{userId}/history</c>: the newest page of the default session.</summary>
internal sealed class HistoryResource(AgentCalls calls) : IMcpResource
{
    public string Path => "history";

    public string Title => "Conversation";

    public string Description => "The newest 100 messages of the conversation with the agent, oldest first. The tool get_history reads older ones.";

    public Task<Result<JsonElement>> ReadAsync(AgentKey agent, CancellationToken cancellationToken) => SessionHistory.ReadAsync(calls, agent, null, cancellationToken);
}
