using System.Text.Json;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>A refused publish, in daprd's words (dapr: pkg/api/errors/pubsub.go); HTTP and gRPC show the same one.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="GrpcStatus">google.rpc.Code.</param>
/// <param name="Code">Daprd's error code.</param>
/// <param name="Reason">Of the ErrorInfo detail.</param>
/// <param name="PubSub">The component named by the caller.</param>
/// <param name="Message">The text.</param>
/// <param name="Metadata">Of the ErrorInfo detail.</param>
internal sealed record PubSubError(
    int Status, int GrpcStatus, string Code, string Reason, string PubSub, string Message, IReadOnlyDictionary<string, string> Metadata)
{
    private const int InvalidArgument = 3;
    private const int PermissionDenied = 7;
    private const int FailedPrecondition = 9;
    private const int Internal = 13;

    private static readonly Dictionary<string, string> None = [];

    public static PubSubError NotConfigured(string pubSub) =>
        new(400, FailedPrecondition, "ERR_PUBSUB_NOT_CONFIGURED", "DAPR_PUBSUB_NOT_CONFIGURED", pubSub, "pubsub is not configured", None);

    public static PubSubError NotFound(string pubSub) =>
        new(404, InvalidArgument, "ERR_PUBSUB_NOT_FOUND", "DAPR_PUBSUB_NOT_FOUND", pubSub, $"pubsub {pubSub} is not found", None);

    public static PubSubError NameEmpty() => new(404, InvalidArgument, "ERR_PUBSUB_EMPTY", "DAPR_PUBSUB_NAME_EMPTY", "", "pubsub name is empty", None);

    public static PubSubError TopicEmpty(string pubSub) =>
        new(404, InvalidArgument, "ERR_TOPIC_NAME_EMPTY", "DAPR_PUBSUB_TOPIC_NAME_EMPTY", pubSub, $"topic is empty in pubsub {pubSub}", None);

    public static PubSubError BadMetadata(string pubSub, string appId, string detail) => new(
        400, InvalidArgument, "ERR_PUBSUB_REQUEST_METADATA", "DAPR_PUBSUB_METADATA_DESERIALIZATION", pubSub, $"failed deserializing metadata. Error: {detail}",
        new Dictionary<string, string> { ["appID"] = appId, ["error"] = detail });

    public static PubSubError Forbidden(string pubSub, string topic, string appId) => new(
        403, PermissionDenied, "ERR_PUBSUB_FORBIDDEN", "DAPR_PUBSUB_FORBIDDEN", pubSub, $"topic {topic} is not allowed for app id {appId}",
        new Dictionary<string, string> { ["topic"] = topic, ["error"] = $"topic {topic} is not allowed for app id {appId}" });

    public static PubSubError CloudEvent(string pubSub, string appId) => new(
        500, InvalidArgument, "ERR_PUBSUB_CLOUD_EVENTS_SER", "DAPR_PUBSUB_CLOUD_EVENT_CREATION", pubSub, "cannot create cloudevent",
        new Dictionary<string, string> { ["appID"] = appId });

    public static PubSubError Publish(string pubSub, string topic, string detail) => new(
        500, Internal, "ERR_PUBSUB_PUBLISH_MESSAGE", "DAPR_PUBSUB_PUBLISH_MESSAGE", pubSub,
        $"error when publishing to topic {topic} in pubsub {pubSub}: {detail}", new Dictionary<string, string> { ["topic"] = topic, ["error"] = detail });

    public static PubSubError Events(string pubSub, string topic, string detail) => new(
        400, InvalidArgument, "ERR_PUBSUB_EVENTS_SER", "DAPR_PUBSUB_UNMARSHAL_EVENTS", pubSub,
        $"error when unmarshaling the request for topic {topic} pubsub {pubSub}: {detail}", new Dictionary<string, string> { ["error"] = detail });

    /// <summary>Writes the answer, with the details of a kit error (kit: errors/errors.go).</summary>
    public async Task WriteAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = Status;
        response.ContentType = "application/json";
        using (var json = new Utf8JsonWriter(response.BodyWriter, JsonText.Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("errorCode", Code);
            json.WriteString("message", Message);
            json.WriteStartArray("details");
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.rpc.ErrorInfo");
            json.WriteString("reason", Reason);
            json.WriteString("domain", "dapr.io");
            json.WriteStartObject("metadata");
            foreach (var (name, value) in Metadata)
                json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.rpc.ResourceInfo");
            json.WriteString("resource_type", "pubsub");
            json.WriteString("resource_name", PubSub);
            json.WriteString("owner", "");
            json.WriteString("description", Message);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        await response.BodyWriter.FlushAsync(cancellationToken);
    }
}
