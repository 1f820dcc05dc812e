using System.Collections.Frozen;
using System.Net.Http.Headers;
using System.Text.Json;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>The requests in which an app gets events (dapr: pkg/runtime/subscription/postman/http).</summary>
internal static class DeliveryRequest
{
    // Metadata of a publisher becomes headers; these are the connection's or the sidecar's own.
    private static readonly FrozenSet<string> Reserved = new[]
    {
        ForwardedHeaders.DaprApiToken, "Host", "Connection", "Content-Length", "Content-Type", "Transfer-Encoding", "Expect", "Upgrade", "TE", "Trailer",
        "traceparent", "tracestate", "pubsubName",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>One event: its envelope as it is.</summary>
    public static HttpRequestMessage One(AppConnection target, Subscription subscription, string path, IncomingEvent incoming)
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

    /// <summary>A batch.</summary>
    /// <param name="target">The app's process.</param>
    /// <param name="subscription">Whose events they are.</param>
    /// <param name="path">The app's path.</param>
    /// <param name="id">Of the batch.</param>
    /// <param name="entries">By the id with which the app answers for each.</param>
    public static HttpRequestMessage Batch(
        AppConnection target, Subscription subscription, string path, Guid id, IReadOnlyDictionary<string, IncomingEvent> entries)
    {
        var batch = new
        {
            entries = entries.Select(entry => new
            {
                entryId = entry.Key,
                // Bytes are written as base64.
                @event = subscription.IsRaw ? (object)entry.Value.Delivery.Message.Data : entry.Value.Envelope,
                metadata = entry.Value.Delivery.Message.Metadata ?? new Dictionary<string, string>(),
                contentType = subscription.IsRaw ? CloudEvent.BinaryContentType : CloudEvent.ContentType,
            }),
            id,
            metadata = new { pubsubName = subscription.PubSub },
            pubsubname = subscription.PubSub,
            topic = subscription.Topic,
            type = "com.dapr.event.sent.bulk",
        };
        return Post(target, path, JsonSerializer.SerializeToUtf8Bytes(batch, JsonText.Options), "application/json");
    }

    private static HttpRequestMessage Post(AppConnection target, string path, byte[] body, string contentType)
    {
        var request = target.Channel.CreateRequest(HttpMethod.Post, path.StartsWith('/') ? path : "/" + path);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return request;
    }

    // What no header can hold stays in the envelope and the store.
    private static bool IsHeader(string name, string value) =>
        name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.') && value.All(letter => letter is >= ' ' and < (char)127);

    private static string? Text(JsonElement envelope, string name) =>
        envelope.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && IsHeader("x", text) ? text : null;
}
