using System.Net;
using System.Net.Http.Headers;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Registry;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary>What became of a reminder's or timer's tick.</summary>
internal enum CallbackOutcome
{
    /// <summary>There was no turn for it, or it was cut short because the actor left: nothing is known of the app.</summary>
    NoTurn,

    /// <summary>The app took it.</summary>
    Taken,

    /// <summary>The app took it and wants no more.</summary>
    Canceled,

    /// <summary>The app refused it, or was not reached.</summary>
    Failed,
}

/// <summary>The sidecar's own calls to an actor: <c>PUT …/method/remind/{name}</c> and <c>PUT …/method/timer/{name}</c>.</summary>
internal static class ActorCallback
{
    /// <summary>In an answer: the app wants no more ticks.</summary>
    public const string CancelHeader = "X-DaprReminderCancel";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>What the app gets with a tick.</summary>
    /// <param name="callback">A timer's method; null for reminders.</param>
    /// <param name="data">The JSON given at the registration; null: none.</param>
    /// <param name="dueTime">Of a timer as it was registered; empty for reminders, as daprd sends it.</param>
    /// <param name="period">The same.</param>
    public static ReadOnlyMemory<byte> BodyOf(string? callback, string? data, string dueTime, string period) => HttpAnswer.WriteJson(json =>
    {
        json.WriteStartObject();
        if (callback is not null)
            json.WriteString("callback", callback);
        if (data is not null)
        {
            json.WritePropertyName("data");
            json.WriteRawValue(data, skipInputValidation: true);
        }

        json.WriteString("dueTime", dueTime);
        json.WriteString("period", period);
        json.WriteEndObject();
    });

    public static async Task<CallbackOutcome> SendAsync(
        AppConnection host, ActorRef actor, string kind, string name, ReadOnlyMemory<byte> body, CancellationToken cancellationToken, string? guard = null)
    {
        using var request = host.Channel.CreateRequest(HttpMethod.Put, $"{actor.AppPath}/method/{kind}/{AppPath.Escape(name)}");
        request.Content = new ReadOnlyMemoryContent(body);
        request.Content.Headers.ContentType = Json;
        if (host.IsRemote && guard is not null)
            request.Headers.TryAddWithoutValidation(PeerMessage.ReminderGuard, guard);
        try
        {
            using var response = await host.Channel.SendAsync(request, cancellationToken);
            if (host.IsRemote && PeerMessage.IsError(response))
                return CallbackOutcome.NoTurn;
            host.App.Metrics.Service.CallbackFired(kind == "timer", actor.Type, response.StatusCode == HttpStatusCode.OK);
            if (response.StatusCode != HttpStatusCode.OK)
                return CallbackOutcome.Failed;
            return response.Headers.NonValidated.TryGetValues(CancelHeader, out var cancel) && GoText.IsTruthy(cancel.ToString())
                ? CallbackOutcome.Canceled
                : CallbackOutcome.Taken;
        }
        catch (HttpRequestException) when (!host.IsRemote)
        {
            host.App.Metrics.Service.CallbackFired(kind == "timer", actor.Type, success: false);
            return CallbackOutcome.Failed;
        }
    }
}
