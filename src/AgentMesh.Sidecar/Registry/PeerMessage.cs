using System.Text.Json;
using AgentMesh.Sidecar.Http;

namespace AgentMesh.Sidecar.Registry;

/// <summary>What sidecars say to each other beside the request and the answer that they pass on.</summary>
internal static class PeerMessage
{
    /// <summary>Whose sidecar was asked first. A client's own is dropped there.</summary>
    public const string CallerAppId = "dapr-caller-app-id";

    /// <summary>Which registration of a reminder fires, and who may fire it.</summary>
    public const string ReminderGuard = "agentmesh-reminder-guard";

    /// <summary>The answer is the sidecar's error and not the app's.</summary>
    public const string Error = "agentmesh-error";

    public static void MarkError(HttpResponse response) => response.Headers[Error] = "1";

    public static bool IsError(HttpResponseMessage response) => response.Headers.NonValidated.Contains(Error);

    /// <summary>The other sidecar's error, to be passed on as our own.</summary>
    public static DaprError ReadError(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        return new DaprError(
            (int)response.StatusCode, json.RootElement.GetProperty("errorCode").GetString() ?? "ERROR", json.RootElement.GetProperty("message").GetString() ?? "");
    }
}
