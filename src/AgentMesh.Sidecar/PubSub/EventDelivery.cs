using System.Collections.Frozen;
using System.Net.Http.Headers;
using System.Text.Json;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>Delivers one event to the app; what it does not take goes to the dead letters.</summary>
internal sealed class EventDelivery(EventPost post, DeadLetters deadLetters, TimeProvider timeProvider, Func<Guid> newId)
{
    // Metadata of a publisher becomes headers; these are the connection's or the sidecar's own.
    private static readonly FrozenSet<string> Reserved = new[]
    {
        ForwardedHeaders.DaprApiToken, "Host", "Connection", "Content-Length", "Content-Type", "Transfer-Encoding", "Expect", "Upgrade", "TE", "Trailer",
        "traceparent", "tracestate", "pubsubName",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Completes when the event needs no further delivery.</summary>
    public async Task DeliverAsync(Subscription subscription, BrokerDelivery delivery, CancellationToken cancellationToken)
    {
        var incoming = IncomingEvent.Read(subscription, delivery, timeProvider.GetUtcNow(), newId);
        if (incoming.Path is not { } path)
        {
            await deadLetters.TakeAsync(subscription, delivery.Message, incoming.Refusal, cancellationToken);
            return;
        }

        var attempt = await post.RunAsync(subscription, target => CreateRequest(target, subscription, path, incoming), DeliveryAnswer.Judge, cancellationToken);
        if (attempt.Outcome != AttemptOutcome.Success)
            await deadLetters.TakeAsync(subscription, delivery.Message, Reason(attempt), cancellationToken);
    }

    /// <summary>Why the app did not take an event.</summary>
    public static string Reason(Attempt attempt) => attempt.Outcome switch
    {
        AttemptOutcome.Dropped => "the app dropped it",
        AttemptOutcome.TimedOut => "the app did not answer in time",
        AttemptOutcome.Open => "the circuit breaker is open",
        AttemptOutcome.ProcessGone => "every process that got it died",
        _ when attempt.StatusCode is { } status => $"the app answered {status}",
        _ => "the app wants to get it again, or was not reached, and the inbound policy has no more attempts",
    };

    /// <summary>A POST to the app's path.</summary>
    public static HttpRequestMessage Post(AppConnection target, string path, byte[] body, string contentType)
    {
        var request = target.Channel.CreateRequest(HttpMethod.Post, path.StartsWith('/') ? path : "/" + path);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return request;
    }

    private static HttpRequestMessage CreateRequest(AppConnection target, Subscription subscription, string path, IncomingEvent incoming)
    {
        var request = Post(target, path, incoming.Body, CloudEvent.ContentType);
        request.Headers.TryAddWithoutValidation("pubsubName", subscription.PubSub);
        foreach (var (name, value) in incoming.Delivery.Message.Metadata ?? new Dictionary<string, string>())
        {
            if (!Reserved.Contains(name) && IsHeader(name, value))
                request.Headers.TryAddWithoutValidation(name, value);
        }

        if ((Text(incoming.Envelope, "traceparent") ?? Text(incoming.Envelope, "traceid")) is { } trace && trace != CloudEvent.NoTrace)
        {
            request.Headers.TryAddWithoutValidation("traceparent", trace);
            if (Text(incoming.Envelope, "tracestate") is { } state)
                request.Headers.TryAddWithoutValidation("tracestate", state);
        }

        return request;
    }

    // What no header can hold stays in the envelope and the store.
    private static bool IsHeader(string name, string value) =>
        name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.') && value.All(letter => letter is >= ' ' and < (char)127);

    private static string? Text(JsonElement envelope, string name) =>
        envelope.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && IsHeader("x", text) ? text : null;
}
