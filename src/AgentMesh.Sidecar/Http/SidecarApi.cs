using System.Security.Cryptography;
using System.Text;
using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.Actors.Timers;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Invocation;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.Secrets;
using AgentMesh.Sidecar.StateApi;
using Microsoft.AspNetCore.Http.Features;

namespace AgentMesh.Sidecar.Http;

/// <summary>
/// The routes of Dapr's HTTP API. Hand-written rather than endpoint routing: paths come with double slashes and unescaped ids, and
/// what matches no route is service invocation.
/// </summary>
internal sealed class SidecarApi(
    ActorCall calls, ActorState state, ReminderApi reminders, TimerApi timers, ServiceInvocation invocation, MetadataApi metadata,
    PublishApi publish, StateRoutes stateRoutes, Action shutdown, string? daprApiToken)
{
    private readonly byte[]? _token = daprApiToken is null ? null : Encoding.UTF8.GetBytes(daprApiToken);

    /// <summary>Answers one request that came to <paramref name="app"/>'s sidecar.</summary>
    public async Task HandleAsync(HttpContext context, AppInstance app)
    {
        var metrics = app.App.Metrics;
        var started = metrics.Start();
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        try
        {
            if (RequestPath.Split(target) is { } path)
                await RouteAsync(context, app, path);
            else
                await DaprError.DirectInvoke("failed getting app id", StatusCodes.Status404NotFound).WriteAsync(context.Response, context.RequestAborted);
        }
        catch (BadHttpRequestException exception)
        {
            await DaprError.BadRequest($"failed to read body: {exception.Message}").WriteAsync(context.Response, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; there is nobody to answer.
        }

        metrics.Http.RequestServed(context, target, metrics.ElapsedMs(started));
    }

    private Task RouteAsync(HttpContext context, AppInstance app, List<string> path)
    {
        var health = IsHealth(path) && HttpMethods.IsGet(context.Request.Method);
        if (!health && !HasToken(context.Request))
            return RefuseTokenAsync(context.Response);
        if (path is ["v1.0" or "v1.0-alpha1", "publish", "bulk", _, _, ..] && IsWrite(context.Request.Method))
            return publish.HandleBulkAsync(context, app, path[3..]);
        if (path is not ["v1.0", ..])
            return InvokeAsync(context, app, path);
        return path.Count > 1 ? (path[1], path.Count) switch
        {
            ("actors", >= 5) => ActorAsync(context, app, path),
            ("healthz", _) when health => HealthAsync(context, app, path.Count == 3),
            ("state", _) => stateRoutes.Handle(context, app.App, path) ?? InvokeAsync(context, app, path),
            ("secrets", 4) when HttpMethods.IsGet(context.Request.Method) => path[3] == "bulk"
                ? SecretRoutes.GetAllAsync(context, app.App, RequestPath.Unescape(path[2]))
                : SecretRoutes.GetAsync(context, app.App, RequestPath.Unescape(path[2]), RequestPath.Unescape(path[3])),
            ("shutdown", 2) when HttpMethods.IsPost(context.Request.Method) => ShutdownAsync(context.Response),
            ("metadata", 2) when HttpMethods.IsGet(context.Request.Method) => metadata.GetAsync(context, app),
            ("metadata", 3) when HttpMethods.IsPut(context.Request.Method) => metadata.PutAsync(context, app, RequestPath.Unescape(path[2])),
            ("publish", >= 3) when IsWrite(context.Request.Method) => publish.HandleAsync(context, app, path[2..]),
            _ => InvokeAsync(context, app, path),
        }
        : InvokeAsync(context, app, path);
    }

    private Task ActorAsync(HttpContext context, AppInstance app, List<string> path)
    {
        var actor = new ActorRef(RequestPath.Unescape(path[2]), RequestPath.Unescape(path[3]));
        var method = context.Request.Method;
        var writes = IsWrite(method);
        return (path[4], path.Count) switch
        {
            ("method", 6) when writes || HttpMethods.IsGet(method) || HttpMethods.IsDelete(method) =>
                calls.HandleAsync(context, app, actor, RequestPath.Unescape(path[5])),
            ("state", 6) when HttpMethods.IsGet(method) => state.GetAsync(context, app, actor, RequestPath.Unescape(path[5])),
            ("state", 5) when writes => state.TransactAsync(context, app, actor),
            ("reminders", 6) when writes || HttpMethods.IsGet(method) || HttpMethods.IsDelete(method) =>
                reminders.HandleAsync(context, app, actor, RequestPath.Unescape(path[5])),
            ("timers", 6) when writes || HttpMethods.IsDelete(method) => timers.HandleAsync(context, app, actor, RequestPath.Unescape(path[5])),
            _ => InvokeAsync(context, app, path),
        };
    }

    // Anything that matches no route is service invocation, and needs to say whose (dapr:pkg/api/http/directmessaging.go).
    private Task InvokeAsync(HttpContext context, AppInstance app, List<string> path) =>
        TargetName.Find(context.Request, path) is var (target, method)
            ? invocation.HandleAsync(context, app, target, method)
            : DaprError.DirectInvoke("failed getting app id either from the URL path or the header dapr-app-id", StatusCodes.Status404NotFound)
                .WriteAsync(context.Response, context.RequestAborted);

    private static bool IsHealth(List<string> path) => path is ["v1.0", "healthz"] or ["v1.0", "healthz", "outbound"];

    // healthz waits for the app, healthz/outbound does not: an app may use its sidecar while it starts.
    private static Task HealthAsync(HttpContext context, AppInstance app, bool outbound)
    {
        var wanted = context.Request.Query["appid"].ToString();
        if (!outbound && wanted.Length > 0 && wanted != app.App.AppId)
        {
            return new DaprError(StatusCodes.Status500InternalServerError, "ERR_HEALTH_APPID_NOT_MATCH", "dapr app-id does not match")
                .WriteAsync(context.Response, context.RequestAborted);
        }

        if (!outbound && app.Connection is null)
        {
            return new DaprError(StatusCodes.Status500InternalServerError, "ERR_HEALTH_NOT_READY", "dapr is not ready: [app]")
                .WriteAsync(context.Response, context.RequestAborted);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    // The answer first: the mesh stops with the sidecar.
    private Task ShutdownAsync(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        response.OnCompleted(() =>
        {
            shutdown();
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    private static bool IsWrite(string method) => HttpMethods.IsPost(method) || HttpMethods.IsPut(method);

    private bool HasToken(HttpRequest request)
    {
        if (_token is null)
            return true;
        var given = request.Headers[ForwardedHeaders.DaprApiToken];
        return given.Count == 1 && CryptographicOperations.FixedTimeEquals(_token, Encoding.UTF8.GetBytes(given[0]!));
    }

    // Plain text, not Dapr's JSON error: dapr:pkg/api/http/middlewares.go.
    private static Task RefuseTokenAsync(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status401Unauthorized;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync("invalid api token");
    }
}
