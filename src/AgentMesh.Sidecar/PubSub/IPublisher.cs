using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>Publishes for an app.</summary>
internal interface IPublisher
{
    /// <summary>Publishes one event. Null: it is kept durably; else why not.</summary>
    Task<DaprError?> PublishAsync(AppDefinition app, PublishRequest request, CancellationToken cancellationToken);

    /// <summary>Publishes many events; each may fail alone.</summary>
    /// <param name="app">The publisher.</param>
    /// <param name="pubSub">The component.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="entries">The events, their ids unique.</param>
    /// <param name="template">Metadata and trace of the request; its data is not looked at.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why nothing was published; else the events that were not.</returns>
    Task<(DaprError? Error, IReadOnlyList<FailedEntry> Failed)> PublishBulkAsync(
        AppDefinition app, string pubSub, string topic, IReadOnlyList<BulkEntry> entries, PublishRequest template, CancellationToken cancellationToken);
}
