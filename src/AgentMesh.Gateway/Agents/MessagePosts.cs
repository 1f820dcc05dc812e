using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Watching;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Agents;

/// <summary>Sends messages, however they came, and tells those who watch the agent here.</summary>
internal sealed class MessagePosts(AgentCalls calls, WatchHub hub, MessageMetrics metrics)
{
    /// <summary>Sends a message. Its request id is the same in every retry, so that it is stored once.</summary>
    /// <param name="agent">Whom it is for.</param>
    /// <param name="message">The message.</param>
    /// <param name="transport">How it came, of <see cref="MessageTransports"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Reply<PostedMessage>> PostAsync(AgentKey agent, PostMessage message, string transport, CancellationToken cancellationToken)
    {
        var reply = await calls.PostMessageAsync(agent, message, cancellationToken);
        if (reply.Value is { } posted)
            hub.Posted(agent, message, posted);
        if (reply.Refusal is { } refusal)
            metrics.Refused(transport, refusal.Code);
        else
            metrics.Taken(transport);
        return reply;
    }
}
