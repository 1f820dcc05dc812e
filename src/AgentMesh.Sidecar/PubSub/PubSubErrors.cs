using AgentMesh.Sidecar.Http;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>Why a publish is refused, in daprd's words (dapr: pkg/api/errors/pubsub.go).</summary>
internal static class PubSubErrors
{
    public static DaprError NotConfigured(string pubSub) =>
        Kit(StatusCodes.Status400BadRequest, "ERR_PUBSUB_NOT_CONFIGURED", "NOT_CONFIGURED", pubSub, $"pubsub {pubSub} is not configured");

    public static DaprError NotFound(string pubSub) =>
        Kit(StatusCodes.Status404NotFound, "ERR_PUBSUB_NOT_FOUND", "NOT_FOUND", pubSub, $"pubsub {pubSub} is not found");

    public static DaprError NameEmpty() => Kit(StatusCodes.Status404NotFound, "ERR_PUBSUB_EMPTY", "NAME_EMPTY", "", "pubsub name is empty");

    public static DaprError TopicEmpty(string pubSub) =>
        Kit(StatusCodes.Status404NotFound, "ERR_TOPIC_NAME_EMPTY", "TOPIC_NAME_EMPTY", pubSub, $"topic is empty in pubsub {pubSub}");

    public static DaprError BadMetadata(string pubSub, string detail) => Kit(
        StatusCodes.Status400BadRequest, "ERR_PUBSUB_REQUEST_METADATA", "METADATA_DESERIALIZATION", pubSub, $"failed deserializing metadata. Error: {detail}");

    public static DaprError Forbidden(string pubSub, string topic, string appId)
    {
        var message = $"topic {topic} is not allowed for app id {appId}";
        return Kit(StatusCodes.Status403Forbidden, "ERR_PUBSUB_FORBIDDEN", "FORBIDDEN", pubSub, message, ("topic", topic), ("error", message));
    }

    public static DaprError CloudEvent(string pubSub, string appId) => Kit(
        StatusCodes.Status500InternalServerError, "ERR_PUBSUB_CLOUD_EVENTS_SER", "CLOUD_EVENT_CREATION", pubSub, "cannot create cloudevent", ("appID", appId));

    public static DaprError Publish(string pubSub, string topic, string detail) => Kit(
        StatusCodes.Status500InternalServerError, "ERR_PUBSUB_PUBLISH_MESSAGE", "PUBLISH_MESSAGE", pubSub,
        $"error when publishing to topic {topic} in pubsub {pubSub}: {detail}", ("topic", topic), ("error", detail));

    public static DaprError Events(string pubSub, string topic, string detail) => Kit(
        StatusCodes.Status400BadRequest, "ERR_PUBSUB_EVENTS_SER", "UNMARSHAL_EVENTS", pubSub,
        $"error when unmarshaling the request for topic {topic} pubsub {pubSub}: {detail}", ("error", detail));

    private static DaprError Kit(int status, string code, string reason, string pubSub, string message, params (string Name, string Value)[] metadata) =>
        new(status, code, message) { Details = new DaprErrorDetails($"DAPR_PUBSUB_{reason}", metadata.ToDictionary(), "pubsub", pubSub, message) };
}
