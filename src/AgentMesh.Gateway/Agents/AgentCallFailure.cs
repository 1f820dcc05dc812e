using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Dapr;
using Polly.Timeout;

namespace AgentMesh.Gateway.Agents;

/// <summary>What an exception of an actor call means.</summary>
internal enum AgentCallFailure
{
    /// <summary>Not one of the call's: a bug, or the caller is gone.</summary>
    None,

    /// <summary>The agent was not reached, or its process died: it may have acted, and a retry with the same request id acts once.</summary>
    Unreached,

    /// <summary>The agent was reached and threw, or answered something that is not of the contract.</summary>
    Failed,

    /// <summary>The sidecar does not accept this app's token; no retry changes that.</summary>
    Denied,
}

/// <summary>Reads the exceptions of the Dapr SDK.</summary>
internal static class AgentCallFailures
{
    // dapr/dapr pkg/actors/targets/app/transport/http/http.go: how the sidecar words a non-200 answer of the app, whether the
    // actor is on this host or was called through another sidecar.
    private const string AppAnswered = "error from actor service: (";
    private const string AppHasNoSuchMethod = "actor method not found";

    public static AgentCallFailure Classify(Exception exception) => exception switch
    {
        AuthenticationException => AgentCallFailure.Denied,
        // Refused, reset, cut in the middle of the answer; too slow. The bare SocketException is a connection reset as soon as it was made.
        HttpRequestException or IOException or SocketException or TimeoutRejectedException => AgentCallFailure.Unreached,
        DaprApiException api => Classify(api),
        // The answer is not of the contract.
        JsonException => AgentCallFailure.Failed,
        _ => AgentCallFailure.None,
    };

    private static AgentCallFailure Classify(DaprApiException exception) => exception.ErrorCode switch
    {
        "ERR_ACTOR_INVOKE_METHOD" => HasAnswered(exception.Message) ? AgentCallFailure.Failed : AgentCallFailure.Unreached,
        // Not a sidecar's words: something in between, or a sidecar that is just ending.
        null or "" => AgentCallFailure.Unreached,
        "ERR_ACTOR_RUNTIME_CLOSED" or "ERR_ACTOR_RUNTIME_NOT_FOUND" or "ERR_ACTOR_NO_PLACEMENT" or "ERR_ACTOR_NO_ADDRESS"
            or "ERR_ACTOR_NO_APP_CHANNEL" => AgentCallFailure.Unreached,
        _ => AgentCallFailure.Failed,
    };

    private static bool HasAnswered(string message) =>
        message.Contains(AppAnswered, StringComparison.Ordinal) || message.Contains(AppHasNoSuchMethod, StringComparison.Ordinal);
}
