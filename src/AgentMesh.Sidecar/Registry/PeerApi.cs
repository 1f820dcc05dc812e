using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Invocation;
using AgentMesh.Sidecar.Runtime;
using Microsoft.AspNetCore.Http.Features;

namespace AgentMesh.Sidecar.Registry;

/// <summary>
/// What this sidecar does for the others, on a port of its own: the calls, ticks and invocations that are for its app's process. Requests
/// look as they do to an app; those without the secret of the registry are refused.
/// </summary>
internal sealed class PeerApi(ActorCall calls, ActorRouter router, IReminderStore? reminders, AppInstance app, string secret)
{
    /// <summary>Before the path of an invocation.</summary>
    public const string InvokePrefix = "/invoke";

    private readonly ApiToken _secret = new(secret);

    public async Task HandleAsync(HttpContext context)
    {
        if (!_secret.IsIn(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        try
        {
            var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            var answer = target.StartsWith(InvokePrefix + "/", StringComparison.Ordinal) ? await InvokeAsync(context, target[InvokePrefix.Length..])
                : RequestPath.Split(target) is ["actors", var type, var id, "method", var method, .. var rest]
                    ? await ActorAsync(context, new ActorRef(Uri.UnescapeDataString(type), Uri.UnescapeDataString(id)), [method, .. rest])
                    : DaprError.BadRequest("no such path");
            if (answer is DaprError)
                PeerMessage.MarkError(context.Response);
            await answer.ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The other sidecar is gone, or its caller.
        }
    }

    private Task<IResult> ActorAsync(HttpContext context, ActorRef actor, List<string> method) => method is [("remind" or "timer") and var kind, var name]
        ? TickAsync(context, actor, kind, Uri.UnescapeDataString(name))
        : calls.HandleForwardedAsync(context, actor, Uri.UnescapeDataString(string.Join('/', method)));

    // A reminder's tick, or that of a timer whose actor has moved.
    private async Task<IResult> TickAsync(HttpContext context, ActorRef actor, string kind, string name)
    {
        var guard = context.Request.Headers[PeerMessage.ReminderGuard].ToString();
        var body = await RequestBody.ReadAsync(context);
        var (outcome, error) = await router.RunTurnAsync(
            actor,
            async (host, token) => guard.Length == 0 || (reminders is not null && await reminders.MayFireAsync(actor, name, guard, token))
                ? await ActorCallback.SendAsync(host, actor, kind, name, body, token)
                : CallbackOutcome.NoTurn,
            context.RequestAborted, isForwarded: true);
        if (error is not null || outcome == CallbackOutcome.NoTurn)
            return error ?? DaprError.ActorInvoke("the reminder has changed");
        if (outcome == CallbackOutcome.Canceled)
            context.Response.Headers[ActorCallback.CancelHeader] = "true";
        return new HttpAnswer(outcome == CallbackOutcome.Failed ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK, null);
    }

    private async Task<IResult> InvokeAsync(HttpContext context, string pathAndQuery)
    {
        var (request, aborted) = (context.Request, context.RequestAborted);
        if (app.Connection is not { IsAlive: true } connection)
            return DaprError.DirectInvoke("the app is not ready", StatusCodes.Status421MisdirectedRequest);
        using var message = connection.Channel.CreateRequest(new HttpMethod(request.Method), pathAndQuery);
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false })
            message.Content = new StreamContent(request.Body);
        ForwardedHeaders.CopyTo(request.Headers, message);
        if (message.Content is { } content)
            content.Headers.ContentLength = request.ContentLength;
        if (request.Headers.TryGetValue(PeerMessage.CallerAppId, out var caller))
            message.Headers.TryAddWithoutValidation(PeerMessage.CallerAppId, caller.ToString());
        try
        {
            return new ServiceInvocation.Streamed(await connection.Channel.SendAsync(message, aborted));
        }
        catch (HttpRequestException failure)
        {
            // A refused connection has not reached the app: the asker may look for another process.
            return DaprError.DirectInvoke(
                failure.Message, failure.HttpRequestError == HttpRequestError.ConnectionError ? StatusCodes.Status421MisdirectedRequest : StatusCodes.Status502BadGateway);
        }
    }
}
