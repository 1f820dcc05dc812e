using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>Daprd's CloudEvents envelope (contrib: pubsub/envelope.go, dapr: pkg/runtime/pubsub/cloudevents.go).</summary>
internal static class CloudEvent
{
    public const string ContentType = "application/cloudevents+json";

    public const string BinaryContentType = "application/octet-stream";

    /// <summary>What daprd writes when there is no trace.</summary>
    public const string NoTrace = "00-00000000000000000000000000000000-0000000000000000-00";

    private const string DefaultType = "com.dapr.event.sent";
    private const string DefaultSource = "Dapr";
    private const string ProtobufContentType = "application/cloudevents+protobuf";

    /// <summary>The bytes to keep for a published event. Null: it says it is a CloudEvent, and is no JSON object.</summary>
    /// <param name="request">What was published.</param>
    /// <param name="source">The publisher's app id.</param>
    /// <param name="now">For <c>time</c> (its offset counts) and <c>expiration</c>.</param>
    /// <param name="newId">Asked for the event's id, unless the publisher gives one.</param>
    public static byte[]? Wrap(PublishRequest request, string source, DateTimeOffset now, Func<Guid> newId)
    {
        var members = IsContentType(request.ContentType, ContentType) ? FromCloudEvent(request, now) : New(request, source, now, newId);
        if (members is null)
            return null;
        if (long.TryParse(Find(request.Metadata, "ttlInSeconds"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            && seconds > 0 && seconds < (DateTimeOffset.MaxValue - now).TotalSeconds)
        {
            members["expiration"] = Time(now.ToUniversalTime().AddSeconds(seconds));
        }

        return JsonText.WriteSorted(members);
    }

    /// <summary>The envelope made on the subscriber's side around stored bytes (<c>rawPayload</c> of the subscription).</summary>
    public static byte[] WrapRaw(byte[] data, string pubSub, string topic, Guid id) => JsonText.WriteSorted(new SortedDictionary<string, object>(StringComparer.Ordinal)
    {
        ["id"] = id.ToString(),
        ["specversion"] = "1.0",
        ["datacontenttype"] = BinaryContentType,
        ["source"] = DefaultSource,
        ["type"] = DefaultType,
        ["topic"] = topic,
        ["pubsubname"] = pubSub,
        ["data_base64"] = Convert.ToBase64String(data),
    });

    public static bool HasExpired(JsonElement envelope, DateTimeOffset now) =>
        envelope.TryGetProperty("expiration", out var expiration) && expiration.ValueKind == JsonValueKind.String
        && DateTimeOffset.TryParse(expiration.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time < now;

    /// <summary>As contrib: contenttype compares, parameters apart.</summary>
    public static bool IsContentType(string? contentType, string expected) =>
        contentType is not null && contentType.Split(';', 2)[0].Equals(expected, StringComparison.OrdinalIgnoreCase);

    /// <summary>Metadata names are compared without case.</summary>
    public static string? Find(IReadOnlyDictionary<string, string>? metadata, string name) =>
        metadata?.FirstOrDefault(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static SortedDictionary<string, object> New(PublishRequest request, string source, DateTimeOffset now, Func<Guid> newId)
    {
        var contentType = string.IsNullOrEmpty(request.ContentType) ? "text/plain" : request.ContentType;
        var trace = Override("traceparent") ?? request.TraceParent ?? NoTrace;
        var members = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["id"] = Override("id") ?? newId().ToString(),
            ["specversion"] = "1.0",
            ["datacontenttype"] = contentType,
            ["source"] = Override("source") ?? source,
            ["type"] = Override("type") ?? DefaultType,
            ["topic"] = request.Topic,
            ["pubsubname"] = request.PubSub,
            ["time"] = Time(now),
            ["traceid"] = Override("traceid") ?? trace,
            ["traceparent"] = trace,
            ["tracestate"] = Override("tracestate") ?? request.TraceState ?? "",
        };
        if (Override("subject") is { } subject)
            members["subject"] = subject;
        if (IsContentType(contentType, "application/json") && JsonText.TryParse(request.Data) is { } json)
            members["data"] = json;
        else if (IsContentType(contentType, BinaryContentType) || IsContentType(contentType, ProtobufContentType))
            members["data_base64"] = Convert.ToBase64String(request.Data.Span);
        else
            members["data"] = Encoding.UTF8.GetString(request.Data.Span);
        return members;

        string? Override(string name) => Find(request.Metadata, "cloudevent." + name) is { Length: > 0 } value ? value : null;
    }

    private static SortedDictionary<string, object>? FromCloudEvent(PublishRequest request, DateTimeOffset now)
    {
        if (JsonText.TryParse(request.Data) is not { ValueKind: JsonValueKind.Object } given)
            return null;
        var members = new SortedDictionary<string, object>(StringComparer.Ordinal);
        foreach (var member in given.EnumerateObject())
            members[member.Name] = member.Value;
        members["topic"] = request.Topic;
        members["pubsubname"] = request.PubSub;
        var trace = request.TraceParent ?? NoTrace;
        Fill("time", Time(now));
        Fill("traceid", trace);
        Fill("traceparent", trace);
        Fill("tracestate", request.TraceState ?? "");
        Fill("source", DefaultSource);
        Fill("type", DefaultType);
        Fill("specversion", "1.0");
        return members;

        void Fill(string name, string value)
        {
            if (!members.TryGetValue(name, out var found) || found is JsonElement { ValueKind: JsonValueKind.Null })
                members[name] = value;
        }
    }

    // Go's RFC 3339: seconds, and Z for UTC.
    private static string Time(DateTimeOffset time) =>
        time.ToString(time.Offset == TimeSpan.Zero ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
}
