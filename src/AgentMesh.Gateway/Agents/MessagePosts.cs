using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Watching;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Agents;

/// <summary>Sends messages, however they came, and tells those who watch the agent here.</summary>
internal sealed class MessagePosts(AgentCalls calls, WatchHub hub)
{
    /// <summary>Sends a message. Its request id is the same in every retry, so that it is stored once.</summary>
    public async Task<Reply<PostedMessage>> PostAsync(AgentKey agent, PostMessage message, CancellationToken cancellationToken)
    {
        var reply = await calls.PostMessageAsync(agent, message, cancellationToken);
        if (reply.Value is { } posted)
            hub.Posted(agent, message, posted);
        return reply;
    }
}
