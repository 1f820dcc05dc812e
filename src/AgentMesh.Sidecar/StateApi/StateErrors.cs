using AgentMesh.Sidecar.Http;

namespace AgentMesh.Sidecar.StateApi;

/// <summary>What the state API refuses, in daprd's words (dapr:pkg/api/errors/state.go, dapr:pkg/messages/predefined.go).</summary>
internal static class StateErrors
{
    public const string MismatchText = "possible etag mismatch. error from state store: ";
    public const string InvalidText = "invalid etag value: ";

    public static DaprError NotConfigured(string store, string appId) => Kit(
        StatusCodes.Status500InternalServerError, "ERR_STATE_STORE_NOT_CONFIGURED", $"state store {store} is not configured", "NOT_CONFIGURED", store, appId);

    public static DaprError NotFound(string store, string appId) => Kit(
        StatusCodes.Status400BadRequest, "ERR_STATE_STORE_NOT_FOUND", $"state store {store} is not found", "NOT_FOUND", store, appId);

    public static DaprError IllegalKey(string store, string key, string appId) => Kit(
        StatusCodes.Status400BadRequest, "ERR_MALFORMED_REQUEST", $"input key/keyPrefix '{key}' can't contain '{KeyPrefix.Separator}'", "ILLEGAL_KEY", store, appId);

    public static DaprError OperationNotSupported(string operation) =>
        new(StatusCodes.Status400BadRequest, "ERR_NOT_SUPPORTED_STATE_OPERATION", $"operation type {operation} not supported");

    public static DaprError Get(string store, string key, string detail, int status = StatusCodes.Status500InternalServerError) =>
        new(status, "ERR_STATE_GET", $"fail to get {key} from state store {store}: {detail}");

    public static DaprError Save(string store, string detail, int status = StatusCodes.Status500InternalServerError) =>
        new(status, "ERR_STATE_SAVE", $"failed saving state in state store {store}: {detail}");

    public static DaprError Delete(string key, string detail, int status = StatusCodes.Status500InternalServerError) =>
        new(status, "ERR_STATE_DELETE", $"failed deleting state with key {key}: {detail}");

    public static DaprError Transaction(string detail, int status = StatusCodes.Status500InternalServerError) =>
        new(status, "ERR_STATE_TRANSACTION", $"error while executing state transaction: {detail}");

    private static DaprError Kit(int status, string code, string message, string reason, string store, string appId) => new(status, code, message)
    {
        Details = new DaprErrorDetails($"DAPR_STATE_{reason}", new Dictionary<string, string> { ["appID"] = appId }, "state", store),
    };
}
