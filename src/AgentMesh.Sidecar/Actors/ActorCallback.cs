using System.Net;
using System.Net.Http.Headers;
using AgentMesh.Sidecar.Channel;
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
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    public static async Task<CallbackOutcome> SendAsync(
        AppConnection host, ActorRef actor, string kind, string name, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var request = host.Channel.CreateRequest(HttpMethod.Put, $"{actor.AppPath}/method/{kind}/{AppPath.Escape(name)}");
        request.Content = new ReadOnlyMemoryContent(body);
        request.Content.Headers.ContentType = Json;
        try
        {
            using var response = await host.Channel.SendAsync(request, cancellationToken);
            Count(host, actor, kind, response.StatusCode == HttpStatusCode.OK);
            if (response.StatusCode != HttpStatusCode.OK)
                return CallbackOutcome.Failed;
            return response.Headers.NonValidated.TryGetValues("X-DaprReminderCancel", out var cancel) && GoText.IsTruthy(cancel.ToString())
                ? CallbackOutcome.Canceled
                : CallbackOutcome.Taken;
        }
        catch (HttpRequestException)
        {
            Count(host, actor, kind, success: false);
            return CallbackOutcome.Failed;
        }
    }

    private static void Count(AppConnection host, ActorRef actor, string kind, bool success)
    {
        if (kind == "timer")
            host.App.Metrics.Service.TimerFired(actor.Type, success);
        else
            host.App.Metrics.Service.ReminderFired(actor.Type, success);
    }
}
