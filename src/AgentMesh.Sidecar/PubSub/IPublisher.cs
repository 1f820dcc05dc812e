using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>Publishes for an app.</summary>
internal interface IPublisher
{
    /// <summary>Completes when the event is durable; null, or why it was not published.</summary>
    /// <param name="app">The publishing app.</param>
    /// <param name="pubsub">The component's name.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The event's data, or a complete CloudEvent when the content type says so.</param>
    /// <param name="contentType">Of the data; empty when the caller gave none.</param>
    /// <param name="metadata">Of the request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<DaprError?> PublishAsync(
        AppDefinition app, string pubsub, string topic, ReadOnlyMemory<byte> data, string contentType,
        IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken);
}
