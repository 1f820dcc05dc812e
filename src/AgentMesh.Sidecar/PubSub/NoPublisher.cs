using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>Stands where pub/sub will be.</summary>
internal sealed class NoPublisher : IPublisher
{
    /// <inheritdoc/>
    public Task<DaprError?> PublishAsync(
        AppDefinition app, string pubsub, string topic, ReadOnlyMemory<byte> data, string contentType,
        IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) =>
        Task.FromResult<DaprError?>(DaprError.NotServed("ERR_PUBSUB_PUBLISH_MESSAGE", "published events"));
}
