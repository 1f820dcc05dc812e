using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Http;

/// <summary><c>POST|PUT /v1.0/publish/{pubsub}/{topic...}</c> and its bulk twin (dapr: pkg/api/http/http.go).</summary>
internal sealed class PublishApi(Publisher publisher)
{
    private const string MetadataPrefix = "metadata.";

    /// <param name="context">The request.</param>
    /// <param name="app">Whose sidecar was asked.</param>
    /// <param name="segments">The escaped segments after <c>publish</c>.</param>
    public async Task<IResult> HandleAsync(HttpContext context, AppInstance app, IReadOnlyList<string> segments)
    {
        var (pubSub, topic) = Target(segments);
        var body = await RequestBody.ReadAsync(context);
        var request = Request(context.Request, pubSub, topic) with { Data = body, ContentType = context.Request.ContentType };
        return HttpAnswer.Done(await publisher.PublishAsync(app.App, request, context.RequestAborted));
    }

    /// <inheritdoc cref="HandleAsync"/>
    public async Task<IResult> HandleBulkAsync(HttpContext context, AppInstance app, IReadOnlyList<string> segments)
    {
        var (pubSub, topic) = Target(segments);
        var body = await RequestBody.ReadAsync(context);
        try
        {
            var entries = ReadEntries(body);
            var (error, failed) = await publisher.PublishBulkAsync(app.App, pubSub, topic, entries, Request(context.Request, pubSub, topic), context.RequestAborted);
            return failed.Count == 0 ? HttpAnswer.Done(error) : Failed(failed);
        }
        catch (FormatException wrong)
        {
            return PubSubErrors.Events(pubSub, topic, wrong.Message);
        }
    }

    private static (string PubSub, string Topic) Target(IReadOnlyList<string> segments) =>
        (segments.Count > 0 ? RequestPath.Unescape(segments[0]) : "", string.Join('/', segments.Skip(1).Select(RequestPath.Unescape)));

    private static PublishRequest Request(HttpRequest request, string pubSub, string topic) => new(pubSub, topic, default)
    {
        Metadata = request.Query.Where(parameter => parameter.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(parameter => parameter.Key[MetadataPrefix.Length..], parameter => parameter.Value.ToString(), StringComparer.Ordinal),
        TraceParent = request.Headers.TraceParent is [{ Length: > 0 } parent] ? parent : null,
        TraceState = request.Headers.TraceState is [{ Length: > 0 } state] ? state : null,
    };

    private static List<BulkEntry> ReadEntries(ReadOnlyMemory<byte> body)
    {
        if (JsonText.TryParse(body) is not { ValueKind: JsonValueKind.Array } list)
            throw new FormatException("the body is no JSON array of entries");
        var entries = new List<BulkEntry>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
                throw new FormatException("an entry is no JSON object");
            var contentType = JsonText.Text(item, "contentType");
            var metadata = JsonText.Member(item, "metadata") is { ValueKind: JsonValueKind.Object } values
                ? values.EnumerateObject().ToDictionary(value => value.Name, value => value.Value.ToString(), StringComparer.Ordinal)
                : null;
            entries.Add(new BulkEntry(JsonText.Text(item, "entryId"), Bytes(JsonText.Member(item, "event"), contentType), contentType, metadata));
        }

        return entries;
    }

    // dapr: pkg/runtime/pubsub ConvertEventToBytes: JSON stays as it is, binary is base64, everything else has to be text.
    private static byte[] Bytes(JsonElement? value, string contentType)
    {
        if (CloudEvent.IsContentType(contentType, "application/json") || CloudEvent.IsContentType(contentType, CloudEvent.ContentType))
            return value is { } json ? JsonMarshal.GetRawUtf8Value(json).ToArray() : "null"u8.ToArray();
        if (value is not { ValueKind: JsonValueKind.String } text)
            throw new FormatException("an event does not fit its contentType");
        return CloudEvent.IsContentType(contentType, CloudEvent.BinaryContentType) ? Convert.FromBase64String(text.GetString()!) : Encoding.UTF8.GetBytes(text.GetString()!);
    }

    private static HttpAnswer Failed(IReadOnlyList<FailedEntry> failed) => HttpAnswer.Json(
        json => JsonSerializer.Serialize(json, new { failedEntries = failed, errorCode = "ERR_PUBSUB_PUBLISH_MESSAGE" }, JsonText.Options),
        StatusCodes.Status500InternalServerError);
}
