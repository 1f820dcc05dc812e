namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// The topics of one pub/sub component: each a log that every consumer group reads from its beginning. Safe for concurrent use.
/// Failures are <see cref="State.StateStoreException"/>.
/// </summary>
internal interface IBroker : IAsyncDisposable
{
    /// <summary>Completes when the message is kept.</summary>
    Task PublishAsync(string topic, BrokerMessage message, CancellationToken cancellationToken);

    /// <summary>Publishes all of them. For each: why it is not kept; null: it is.</summary>
    async Task<IReadOnlyList<string?>> PublishAsync(string topic, IReadOnlyList<BrokerMessage> messages, CancellationToken cancellationToken) =>
        await Task.WhenAll(messages.Select(async message =>
        {
            try
            {
                await PublishAsync(topic, message, cancellationToken);
                return null;
            }
            catch (State.StateStoreException failure)
            {
                return failure.Message;
            }
        }));

    /// <summary>The reading end of a consumer group, made when it is not there. One at a time for each group.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="group">Who shares the events: each goes to one reader of the group.</param>
    /// <param name="temporary">The group's name is never used again after this run; nothing is kept for it then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IBrokerGroup> OpenGroupAsync(string topic, string group, bool temporary, CancellationToken cancellationToken);

    /// <summary>What waits for the groups of these topics, and where the broker knows them for those of the others.</summary>
    Task<IReadOnlyList<GroupBacklog>> BacklogAsync(IReadOnlyList<string> topics, CancellationToken cancellationToken);
}

/// <summary>What waits for a consumer group.</summary>
/// <param name="PubSub">The component.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Group">The group.</param>
/// <param name="Waiting">Messages it has not taken; null: the broker does not know. The embedded store counts to <see cref="MaxCounted"/>.</param>
/// <param name="Pending">Messages it has taken and not completed.</param>
internal sealed record GroupBacklog(string PubSub, string Topic, string Group, long? Waiting, long Pending)
{
    /// <summary>More than this is just that.</summary>
    public const int MaxCounted = 10_001;

    /// <summary>Groups told of one component.</summary>
    public const int MaxGroups = 500;
}

/// <summary>A consumer group's reading end. What was taken and not completed is taken again: after a restart, or after the broker's own time.</summary>
internal interface IBrokerGroup : IAsyncDisposable
{
    /// <summary>Waits for messages; returns from 1 to <paramref name="max"/> of them, in their order.</summary>
    Task<IReadOnlyList<BrokerDelivery>> TakeAsync(int max, CancellationToken cancellationToken);

    /// <summary>These need no further delivery.</summary>
    Task CompleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);
}

/// <summary>A message as a broker keeps it.</summary>
/// <param name="Data">The envelope's bytes, or the raw payload.</param>
/// <param name="Metadata">Of the publish request; null when it had none, which only gRPC can.</param>
internal sealed record BrokerMessage(byte[] Data, IReadOnlyDictionary<string, string>? Metadata);

/// <summary>A message on its way to a consumer group.</summary>
/// <param name="Id">The broker's name of the message.</param>
/// <param name="Message">The message.</param>
internal sealed record BrokerDelivery(string Id, BrokerMessage Message);
