using AgentMesh.Sidecar.Resiliency;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// Delivers events to the app, one alone or a batch in one request, of which each is answered for by itself
/// (dapr: pkg/runtime/subscription/bulksubscription.go). What the app does not take goes to the dead letters.
/// </summary>
internal sealed class EventDelivery(EventPost post, DeadLetters deadLetters, TimeProvider timeProvider, Func<Guid> newId)
{
    /// <summary>Completes when none of the events needs further delivery.</summary>
    public async Task DeliverAsync(Subscription subscription, IReadOnlyList<BrokerDelivery> events, CancellationToken cancellationToken)
    {
        var incoming = events.Select(delivery => IncomingEvent.Read(subscription, delivery, timeProvider.GetUtcNow(), newId)).ToList();
        foreach (var refused in incoming.Where(item => item.Path is null))
            await deadLetters.TakeAsync(subscription, refused.Delivery.Message, refused.Refusal, cancellationToken);
        foreach (var route in incoming.Where(item => item.Path is not null).GroupBy(item => item.Path!, StringComparer.Ordinal))
            await DeliverAsync(subscription, route.Key, [.. route], cancellationToken);
    }

    private async Task DeliverAsync(Subscription subscription, string path, List<IncomingEvent> events, CancellationToken cancellationToken)
    {
        // What is answered for leaves the open ones: only the rest is sent again.
        var open = events.ToDictionary(_ => newId().ToString());
        var dropped = new List<IncomingEvent>();
        var attempt = subscription.Bulk is null
            ? await post.RunAsync(subscription, target => DeliveryRequest.One(target, subscription, path, events[0]), DeliveryAnswer.Judge, cancellationToken)
            : await post.RunAsync(
                subscription, target => DeliveryRequest.Batch(target, subscription, path, newId(), open),
                (status, body) => DeliveryAnswer.JudgeBatch(status, body, open, dropped), cancellationToken);
        foreach (var item in dropped)
            await deadLetters.TakeAsync(subscription, item.Delivery.Message, Reason(new Attempt(AttemptOutcome.Dropped)), cancellationToken);
        foreach (var item in attempt.Outcome == AttemptOutcome.Success ? [] : open.Values.AsEnumerable())
            await deadLetters.TakeAsync(subscription, item.Delivery.Message, Reason(attempt), cancellationToken);
    }

    private static string Reason(Attempt attempt) => attempt.Outcome switch
    {
        AttemptOutcome.Dropped => "the app dropped it",
        AttemptOutcome.TimedOut => "the app did not answer in time",
        AttemptOutcome.Open => "the circuit breaker is open",
        AttemptOutcome.ProcessGone => "every process that got it died",
        _ when attempt.StatusCode is { } status => $"the app answered {status}",
        _ => "the app wants to get it again, or was not reached, and the inbound policy has no more attempts",
    };
}
