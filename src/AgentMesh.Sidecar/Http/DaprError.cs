using Google.Protobuf;
using Grpc.Core;

namespace AgentMesh.Sidecar.Http;

/// <summary>An answer that is an error, in daprd's form: a status and <c>{"errorCode","message"}</c>; the same one for HTTP and gRPC.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">One of daprd's codes (dapr:pkg/messages/predefined.go).</param>
/// <param name="Message">The text; callers compare parts of it, so it follows daprd's wording.</param>
internal sealed record DaprError(int Status, string Code, string Message) : IResult
{
    /// <summary>Kit errors (state, publish) tell more; null for the plain ones.</summary>
    public DaprErrorDetails? Details { get; init; }

    private StatusCode GrpcStatus => Status switch
    {
        _ when Code.EndsWith("_NOT_CONFIGURED", StringComparison.Ordinal) => StatusCode.FailedPrecondition,
        _ when Code == "ERR_PUBSUB_CLOUD_EVENTS_SER" => StatusCode.InvalidArgument,
        // An ETag that does not match.
        StatusCodes.Status409Conflict => StatusCode.Aborted,
        StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
        // 401 is an unknown secret store and 404 an unknown component or topic, nothing else.
        StatusCodes.Status400BadRequest or StatusCodes.Status401Unauthorized or StatusCodes.Status404NotFound => StatusCode.InvalidArgument,
        _ => StatusCode.Internal,
    };

    public static DaprError BadRequest(string message) => new(StatusCodes.Status400BadRequest, "ERR_BAD_REQUEST", message);

    public static DaprError MalformedRequest(string detail) =>
        new(StatusCodes.Status400BadRequest, "ERR_MALFORMED_REQUEST", $"failed deserializing HTTP body: {detail}");

    public static DaprError HealthNotReady(string parts) => Internal("ERR_HEALTH_NOT_READY", $"dapr is not ready: {parts}");

    public static DaprError HealthOfAnotherApp() => Internal("ERR_HEALTH_APPID_NOT_MATCH", "dapr app-id does not match");

    public static DaprError ActorInvoke(string detail) => Internal("ERR_ACTOR_INVOKE_METHOD", $"error invoke actor method: {detail}");

    public static DaprError ActorNoAddress(string actor) =>
        ActorInvoke($"failed to lookup actor: api error: code = FailedPrecondition desc = did not find address for actor '{actor}'");

    /// <summary>Said between sidecars only: nothing was done, and the asker looks for the actor's host again.</summary>
    public static DaprError ActorMoved(string actor) =>
        new(StatusCodes.Status421MisdirectedRequest, "ERR_ACTOR_INVOKE_METHOD", $"error invoke actor method: remote actor moved: {actor}");

    public static DaprError ActorInstanceMissing() => new(StatusCodes.Status400BadRequest, "ERR_ACTOR_INSTANCE_MISSING", "actor instance is missing");

    public static DaprError ActorRuntimeNotFound() =>
        Internal("ERR_ACTOR_RUNTIME_NOT_FOUND", "the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \"true\" in your state store component file?");

    public static DaprError ActorRuntimeClosed() => new(StatusCodes.Status503ServiceUnavailable, "ERR_ACTOR_RUNTIME_CLOSED", "actor runtime is closed");

    public static DaprError ActorStackDepth() => Internal("ERR_ACTOR_STACK_DEPTH", "maximum stack depth exceeded");

    public static DaprError ActorTypeReserved(string type) =>
        new(StatusCodes.Status403Forbidden, "ERR_ACTOR_TYPE_RESERVED", $"actor type '{type}' is reserved");

    public static DaprError ActorStateGet(string detail) => Internal("ERR_ACTOR_STATE_GET", $"error getting actor state: {detail}");

    public static DaprError ActorStateTransactionSave(string detail) =>
        Internal("ERR_ACTOR_STATE_TRANSACTION_SAVE", $"error saving actor transaction state: {detail}");

    public static DaprError ReminderNotHosted() =>
        new(StatusCodes.Status403Forbidden, "ERR_ACTOR_REMINDER_NON_HOSTED", "operations on actor reminders are only possible on hosted actor types");

    public static DaprError ReminderNotFound() => new(StatusCodes.Status404NotFound, "ERR_ACTOR_REMINDER_NOT_FOUND", "actor reminder not found");

    public static DaprError ReminderExists(string name) =>
        new(StatusCodes.Status409Conflict, "ERR_ACTOR_REMINDER_ALREADY_EXISTS", $"actor reminder already exists: {name}");

    public static DaprError ReminderCreate(string detail) => Internal("ERR_ACTOR_REMINDER_CREATE", $"error creating actor reminder: {detail}");

    public static DaprError ReminderGet(string detail) => Internal("ERR_ACTOR_REMINDER_GET", $"error getting actor reminder: {detail}");

    public static DaprError ReminderDelete(string detail) => Internal("ERR_ACTOR_REMINDER_DELETE", $"error deleting actor reminder: {detail}");

    public static DaprError TimerCreate(string detail) => Internal("ERR_ACTOR_TIMER_CREATE", $"error creating actor timer: {detail}");

    public static DaprError DirectInvoke(string message, int status = StatusCodes.Status500InternalServerError) => new(status, "ERR_DIRECT_INVOKE", message);

    private static DaprError Internal(string code, string message) => new(StatusCodes.Status500InternalServerError, code, message);

    /// <summary>Over gRPC an error is thrown.</summary>
    public static void Throw(DaprError? error)
    {
        if (error is null)
            return;
        var trailers = new Metadata();
        if (error.Details is { } details)
        {
            var status = new Google.Rpc.Status { Code = (int)error.GrpcStatus, Message = error.Message, Details = { details.ToMessages() } };
            trailers.Add("grpc-status-details-bin", status.ToByteArray());
        }

        throw new RpcException(new Status(error.GrpcStatus, error.Message), trailers);
    }

    public Task ExecuteAsync(HttpContext httpContext) => HttpAnswer.Json(
        json =>
        {
            json.WriteStartObject();
            json.WriteString("errorCode", Code);
            json.WriteString("message", Message);
            Details?.WriteTo(json);
            json.WriteEndObject();
        },
        Status).ExecuteAsync(httpContext);
}
