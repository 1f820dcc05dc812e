using System.Text.Json;
using AgentMesh.Sidecar.Resiliency;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>Delivers a batch of events in one request; each is answered for by itself (dapr: pkg/runtime/subscription/bulksubscription.go).</summary>
internal sealed class BulkDelivery(EventPost post, DeadLetters deadLetters, TimeProvider timeProvider, Func<Guid> newId)
{
    /// <summary>Completes when none of the events needs further delivery.</summary>
    public async Task DeliverAsync(Subscription subscription, IReadOnlyList<BrokerDelivery> batch, CancellationToken cancellationToken)
    {
        var incoming = batch.Select(delivery => IncomingEvent.Read(subscription, delivery, timeProvider.GetUtcNow(), newId)).ToList();
        foreach (var refused in incoming.Where(item => item.Path is null))
            await deadLetters.TakeAsync(subscription, refused.Delivery.Message, refused.Refusal, cancellationToken);
        foreach (var route in incoming.Where(item => item.Path is not null).GroupBy(item => item.Path!, StringComparer.Ordinal))
            await DeliverAsync(subscription, route.Key, [.. route], cancellationToken);
    }

    private async Task DeliverAsync(Subscription subscription, string path, List<IncomingEvent> open, CancellationToken cancellationToken)
    {
        var entries = open.ToDictionary(_ => newId().ToString());
        var dropped = new List<IncomingEvent>();
        var attempt = await post.RunAsync(
            subscription,
            target => EventDelivery.Post(target, path, Write(subscription, entries), "application/json"),
            (status, body) => Judge(status, body, entries, dropped),
            cancellationToken);
        foreach (var item in dropped)
            await deadLetters.TakeAsync(subscription, item.Delivery.Message, "the app dropped it", cancellationToken);
        foreach (var item in entries.Values)
            await deadLetters.TakeAsync(subscription, item.Delivery.Message, EventDelivery.Reason(attempt), cancellationToken);
    }

    // Takes what is answered out of the entries: only the rest is sent again.
    private static Attempt Judge(int status, byte[] body, Dictionary<string, IncomingEvent> entries, List<IncomingEvent> dropped)
    {
        if (status == StatusCodes.Status404NotFound)
        {
            dropped.AddRange(entries.Values);
            entries.Clear();
            return new Attempt(AttemptOutcome.Dropped, status);
        }

        if (status is < 200 or > 299)
            return new Attempt(AttemptOutcome.Failed, status);
        if (DeliveryAnswer.ReadStatuses(body) is not { } statuses)
            return new Attempt(AttemptOutcome.Failed);
        foreach (var (id, outcome) in statuses)
        {
            if (outcome == AttemptOutcome.Failed || !entries.Remove(id, out var answered))
                continue;
            if (outcome == AttemptOutcome.Dropped)
                dropped.Add(answered);
        }

        return new Attempt(entries.Count == 0 ? AttemptOutcome.Success : AttemptOutcome.Failed);
    }

    private byte[] Write(Subscription subscription, Dictionary<string, IncomingEvent> entries) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            entries = entries.Select(entry => new
            {
                entryId = entry.Key,
                // Bytes are written as base64.
                @event = subscription.IsRaw ? (object)entry.Value.Delivery.Message.Data : entry.Value.Envelope,
                metadata = entry.Value.Delivery.Message.Metadata ?? new Dictionary<string, string>(),
                contentType = subscription.IsRaw ? CloudEvent.BinaryContentType : CloudEvent.ContentType,
            }),
            id = newId(),
            metadata = new { pubsubName = subscription.PubSub },
            pubsubname = subscription.PubSub,
            topic = subscription.Topic,
            type = "com.dapr.event.sent.bulk",
        },
        JsonText.Options);
}
