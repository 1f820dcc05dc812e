using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentMesh.Sidecar.Http;

/// <summary>An answer that is an error, in daprd's form: a status and <c>{"errorCode","message"}</c>.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">One of daprd's codes (dapr:pkg/messages/predefined.go).</param>
/// <param name="Message">The text; callers compare parts of it, so it follows daprd's wording.</param>
internal sealed record DaprError(int Status, string Code, string Message)
{
    /// <summary>Kit errors (state, publish) tell more; null for the plain ones.</summary>
    public DaprErrorDetails? Details { get; init; }

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static DaprError BadRequest(string message) => new(StatusCodes.Status400BadRequest, "ERR_BAD_REQUEST", message);

    public static DaprError MalformedRequest(string detail) =>
        new(StatusCodes.Status400BadRequest, "ERR_MALFORMED_REQUEST", $"failed deserializing HTTP body: {detail}");

    public static DaprError ActorInvoke(string detail) =>
        new(StatusCodes.Status500InternalServerError, "ERR_ACTOR_INVOKE_METHOD", $"error invoke actor method: {detail}");

    public static DaprError ActorNoAddress(string actor) =>
        ActorInvoke($"failed to lookup actor: api error: code = FailedPrecondition desc = did not find address for actor '{actor}'");

    public static DaprError ActorInstanceMissing() => new(StatusCodes.Status400BadRequest, "ERR_ACTOR_INSTANCE_MISSING", "actor instance is missing");

    public static DaprError ActorRuntimeNotFound() =>
        new(StatusCodes.Status500InternalServerError, "ERR_ACTOR_RUNTIME_NOT_FOUND", "the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \"true\" in your state store component file?");

    public static DaprError ActorRuntimeClosed() => new(StatusCodes.Status503ServiceUnavailable, "ERR_ACTOR_RUNTIME_CLOSED", "actor runtime is closed");

    public static DaprError ActorStackDepth() => new(StatusCodes.Status500InternalServerError, "ERR_ACTOR_STACK_DEPTH", "maximum stack depth exceeded");

    public static DaprError ActorTypeReserved(string type) =>
        new(StatusCodes.Status403Forbidden, "ERR_ACTOR_TYPE_RESERVED", $"actor type '{type}' is reserved");

    public static DaprError ActorStateGet(string detail) =>
        new(StatusCodes.Status500InternalServerError, "ERR_ACTOR_STATE_GET", $"error getting actor state: {detail}");

    public static DaprError ActorStateTransactionSave(string detail) =>
        new(StatusCodes.Status500InternalServerError, "ERR_ACTOR_STATE_TRANSACTION_SAVE", $"error saving actor transaction state: {detail}");

    public static DaprError ReminderNotHosted() =>
        new(StatusCodes.Status403Forbidden, "ERR_ACTOR_REMINDER_NON_HOSTED", "operations on actor reminders are only possible on hosted actor types");

    public static DaprError ReminderNotFound() => new(StatusCodes.Status404NotFound, "ERR_ACTOR_REMINDER_NOT_FOUND", "actor reminder not found");

    public static DaprError ReminderExists(string name) =>
        new(StatusCodes.Status409Conflict, "ERR_ACTOR_REMINDER_ALREADY_EXISTS", $"actor reminder already exists: {name}");

    public static DaprError ReminderCreate(string detail) =>
        new(StatusCodes.Status500InternalServerError, "ERR_ACTOR_REMINDER_CREATE", $"error creating actor reminder: {detail}");

    public static DaprError ReminderGet(string detail) =>
        new(StatusCodes.Status500InternalServerError, "ERR_ACTOR_REMINDER_GET", $"error getting actor reminder: {detail}");

    public static DaprError ReminderDelete(string detail) =>
        new(StatusCodes.Status500InternalServerError, "ERR_ACTOR_REMINDER_DELETE", $"error deleting actor reminder: {detail}");

    public static DaprError TimerCreate(string detail) =>
        new(StatusCodes.Status500InternalServerError, "ERR_ACTOR_TIMER_CREATE", $"error creating actor timer: {detail}");

    public static DaprError DirectInvoke(string message, int status = StatusCodes.Status500InternalServerError) => new(status, "ERR_DIRECT_INVOKE", message);

    /// <summary>Writes the answer.</summary>
    public async Task WriteAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = Status;
        response.ContentType = "application/json";
        using (var writer = new Utf8JsonWriter(response.BodyWriter, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("errorCode", Code);
            writer.WriteString("message", Message);
            Details?.WriteTo(writer);
            writer.WriteEndObject();
        }

        await response.BodyWriter.FlushAsync(cancellationToken);
    }
}
