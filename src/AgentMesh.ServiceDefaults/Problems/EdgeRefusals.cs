namespace AgentMesh.ServiceDefaults.Problems;

/// <summary>
/// Refusal codes of the HTTP edge, in order of precedence: who may speak, where to, in what form, with what content, and last what
/// the service could not do. Documented in <c>docs/refusals.md</c>; never reused for another meaning.
/// </summary>
public static class EdgeRefusals
{
    /// <summary>The bytes are not a request the HTTP server can read.</summary>
    public const string BadRequest = "bad_request";

    /// <summary>Development: the connection does not come from this machine.</summary>
    public const string ForeignAddress = "foreign_address";

    /// <summary>Development: <c>Host</c> is not a loopback name.</summary>
    public const string ForeignHost = "foreign_host";

    /// <summary>Development: the request was forwarded by a proxy.</summary>
    public const string ForwardedNotAllowed = "forwarded_not_allowed";

    /// <summary>A web page of another origin sent the request.</summary>
    public const string ForeignOrigin = "foreign_origin";

    /// <summary>The Dapr sidecar did not send the app's token.</summary>
    public const string InvalidDaprToken = "invalid_dapr_token";

    /// <summary>Nobody has said who calls, and the path is not for everybody.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>The token is not one of this service, not for it, or not valid now.</summary>
    public const string InvalidToken = "invalid_token";

    /// <summary>So many requests of unknown callers come from this address that others would suffer.</summary>
    public const string AddressRateLimited = "address_rate_limited";

    /// <summary>The caller is known, and may not do this.</summary>
    public const string InsufficientScope = "insufficient_scope";

    /// <summary>The path names no user.</summary>
    public const string UserIdMissing = "user_id_missing";

    /// <summary>The user id is outside its grammar.</summary>
    public const string InvalidUserId = "invalid_user_id";

    /// <summary>Nothing is at this path, or not for this method.</summary>
    public const string NotFound = "not_found";

    /// <summary>The path is one of a protocol, and the method is not.</summary>
    public const string MethodNotAllowed = "method_not_allowed";

    /// <summary>The resource is not in the state that <c>If-Match</c> or <c>If-Unmodified-Since</c> wants.</summary>
    public const string PreconditionFailed = "precondition_failed";

    /// <summary>The path is a WebSocket, and the request asks for none.</summary>
    public const string UpgradeRequired = "upgrade_required";

    /// <summary>The process serves as many sockets and event streams as it takes.</summary>
    public const string TooManySockets = "too_many_sockets";

    /// <summary>The body is not declared as JSON in UTF-8.</summary>
    public const string UnsupportedMediaType = "unsupported_media_type";

    /// <summary><c>Idempotency-Key</c> is not one value of 1-128 visible ASCII characters.</summary>
    public const string InvalidIdempotencyKey = "invalid_idempotency_key";

    /// <summary>The body is longer than the service reads.</summary>
    public const string BodyTooLarge = "body_too_large";

    /// <summary>The body came too slowly.</summary>
    public const string RequestTimeout = "request_timeout";

    /// <summary>The body is not JSON text.</summary>
    public const string InvalidJson = "invalid_json";

    /// <summary>The body is JSON, but a member is not of its type.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary><c>before</c> is not a positive number.</summary>
    public const string InvalidBefore = "invalid_before";

    /// <summary><c>after</c> is not a number from 0 on.</summary>
    public const string InvalidAfter = "invalid_after";

    /// <summary><c>Last-Event-ID</c> is not a number from 0 on.</summary>
    public const string InvalidLastEventId = "invalid_last_event_id";

    /// <summary><c>wait</c> is not a number of seconds, 0-60.</summary>
    public const string InvalidWait = "invalid_wait";

    /// <summary>A WebSocket frame is not a JSON object of a known type.</summary>
    public const string InvalidFrame = "invalid_frame";

    /// <summary>The process runs as many calls of the agent, or of its tool, as it takes.</summary>
    public const string TooManyCalls = "too_many_calls";

    /// <summary>A tool took longer than it may; whether it acted is unknown.</summary>
    public const string ToolTimedOut = "tool_timed_out";

    /// <summary>What a client of MCP carried between two rounds of a request is not of that request, or too old.</summary>
    public const string InvalidRequestState = "invalid_request_state";

    /// <summary>A call of MCP needs an answer that its client cannot be asked for.</summary>
    public const string InputRequired = "input_required";

    /// <summary>The service has no working connection to its sidecar.</summary>
    public const string NotReady = "not_ready";

    /// <summary>The agent was not reached in time; whether it acted is unknown.</summary>
    public const string AgentUnavailable = "agent_unavailable";

    /// <summary>The agent was reached and failed, repeatedly.</summary>
    public const string AgentFailed = "agent_failed";

    /// <summary>A bug of ours.</summary>
    public const string InternalError = "internal_error";
}
