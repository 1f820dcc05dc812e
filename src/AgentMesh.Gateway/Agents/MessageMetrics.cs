using System.Diagnostics.Metrics;

namespace AgentMesh.Gateway.Agents;

/// <summary>Messages to agents, as the gateway hears what became of them.</summary>
internal sealed class MessageMetrics
{
    private readonly Counter<long> _messages;

    public MessageMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _messages = meters.Create("AgentMesh.Gateway.Messages").CreateCounter<long>("agentmesh.messages", "{message}", "Messages to agents, by how they came and what was answered.");
    }

    /// <summary>An agent has taken a message.</summary>
    /// <param name="transport">One of <see cref="MessageTransports"/>.</param>
    public void Taken(string transport) => Count(transport, "taken");

    /// <summary>A message was refused.</summary>
    /// <param name="transport">One of <see cref="MessageTransports"/>.</param>
    /// <param name="code">Of the refusal.</param>
    public void Refused(string transport, string code) => Count(transport, code);

    private void Count(string transport, string outcome) =>
        _messages.Add(1, new KeyValuePair<string, object?>("agentmesh.transport", transport), new KeyValuePair<string, object?>("agentmesh.outcome", outcome));
}

/// <summary>How messages come.</summary>
internal static class MessageTransports
{
    public const string Http = "http";
    public const string WebSocket = "websocket";
    public const string Mcp = "mcp";
}
