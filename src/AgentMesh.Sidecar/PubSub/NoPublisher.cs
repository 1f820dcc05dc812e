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
        Task.FromResult<DaprError?>(new DaprError(StatusCodes.Status500InternalServerError, "ERR_PUBSUB_PUBLISH_MESSAGE", "published events are not served yet by the local sidecar"));
}
