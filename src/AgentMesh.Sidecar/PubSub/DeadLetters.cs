using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>Where an event goes that the app does not take: the subscription's dead-letter topic on the same component, else nowhere.</summary>
internal sealed partial class DeadLetters(IBroker broker, string appId, TimeProvider timeProvider, ILogger logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Publishes the stored bytes and metadata again. An event with a dead-letter topic is never lost: a broker that fails is asked again.</summary>
    public async Task TakeAsync(Subscription subscription, BrokerMessage message, string reason, CancellationToken cancellationToken)
    {
        if (subscription.DeadLetterTopic is not { } topic)
        {
            LogLost(appId, subscription.PubSub, subscription.Topic, reason);
            return;
        }

        while (true)
        {
            try
            {
                await broker.PublishAsync(topic, message, cancellationToken);
                LogDeadLetter(appId, subscription.PubSub, subscription.Topic, topic, reason);
                return;
            }
            catch (StateStoreException failure)
            {
                LogDeadLetterFailed(subscription.PubSub, topic, failure);
                await Task.Delay(RetryDelay, timeProvider, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{App}: an event of {PubSub}/{Topic} is dropped, it has no dead-letter topic: {Reason}")]
    private partial void LogLost(string app, string pubSub, string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{App}: an event of {PubSub}/{Topic} goes to {DeadLetterTopic}: {Reason}")]
    private partial void LogDeadLetter(string app, string pubSub, string topic, string deadLetterTopic, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The dead-letter topic {PubSub}/{Topic} does not take an event; it is tried again.")]
    private partial void LogDeadLetterFailed(string pubSub, string topic, Exception exception);
}
