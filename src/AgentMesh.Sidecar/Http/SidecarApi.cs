using System.Text;
using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.Actors.Timers;
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
    // Plain text, not Dapr's JSON error: dapr:pkg/api/http/middlewares.go.
    private static readonly HttpAnswer InvalidToken = new(StatusCodes.Status401Unauthorized, Encoding.UTF8.GetBytes("invalid api token"))
    {
        Headers = new HeaderDictionary { ["Content-Type"] = "text/plain; charset=utf-8" },
    };

    private readonly ApiToken _token = new(daprApiToken);

    /// <summary>Answers one request that came to <paramref name="app"/>'s sidecar.</summary>
    public async Task HandleAsync(HttpContext context, AppInstance app)
    {
        var metrics = app.App.Metrics;
        var started = metrics.Start();
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        try
        {
            IResult answer;
            try
            {
                answer = RequestPath.Split(target) is { } path ? await RouteAsync(context, app, path) : NoTarget();
            }
            catch (BadHttpRequestException exception)
            {
                answer = exception.InnerException is System.Text.Json.JsonException
                    ? DaprError.MalformedRequest(exception.Message)
                    : DaprError.BadRequest($"failed to read body: {exception.Message}");
            }

            await answer.ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; there is nobody to answer.
        }

        metrics.Http.RequestServed(context, target, metrics.ElapsedMs(started));
    }

    private Task<IResult> RouteAsync(HttpContext context, AppInstance app, List<string> path)
    {
        const string Get = "GET", Post = "POST", Put = "PUT", Delete = "DELETE";
        var known = app.App;
        return (context.Request.Method, path) switch
        {
            (Get, ["v1.0", "healthz"]) => Task.FromResult(Health(context, app)),
            // It does not wait for the app: that may use its sidecar while it starts.
            (Get, ["v1.0", "healthz", "outbound"]) => Task.FromResult<IResult>(HttpAnswer.NoContent),
            _ when !_token.IsIn(context.Request) => Task.FromResult<IResult>(InvalidToken),
            (Get or Post or Put or Delete, ["v1.0", "actors", _, _, "method", var method]) => calls.HandleAsync(context, app, Actor(path), Text(method)),
            (Get, ["v1.0", "actors", _, _, "state", var key]) => state.GetAsync(context, app, Actor(path), Text(key)),
            (Post or Put, ["v1.0", "actors", _, _, "state"]) => state.TransactAsync(context, app, Actor(path)),
            (Get, ["v1.0", "actors", _, _, "reminders", var name]) => reminders.GetAsync(context, app, Actor(path), Text(name)),
            (Post or Put, ["v1.0", "actors", _, _, "reminders", var name]) => reminders.CreateAsync(context, app, Actor(path), Text(name)),
            (Delete, ["v1.0", "actors", _, _, "reminders", var name]) => reminders.DeleteAsync(context, app, Actor(path), Text(name)),
            (Post or Put, ["v1.0", "actors", _, _, "timers", var name]) => timers.CreateAsync(context, app, Actor(path), Text(name)),
            (Delete, ["v1.0", "actors", _, _, "timers", var name]) => Task.FromResult(timers.Delete(app, Actor(path), Text(name))),
            (Post or Put, ["v1.0", "state", var store]) => stateRoutes.SaveAsync(context, known, Text(store)),
            (Post or Put, ["v1.0", "state", var store, "transaction"]) => stateRoutes.TransactAsync(context, known, Text(store)),
            (Post or Put, ["v1.0", "state", var store, "bulk"]) => stateRoutes.GetBulkAsync(context, known, Text(store)),
            (Get, ["v1.0", "state", var store, var key]) => stateRoutes.GetAsync(context, known, Text(store), Text(key)),
            (Delete, ["v1.0", "state", var store, var key]) => stateRoutes.DeleteAsync(context, known, Text(store), Text(key)),
            (Post or Put, ["v1.0" or "v1.0-alpha1", "publish", "bulk", _, _, ..]) => publish.HandleBulkAsync(context, app, path[3..]),
            (Post or Put, ["v1.0", "publish", _, ..]) => publish.HandleAsync(context, app, path[2..]),
            (Get, ["v1.0", "secrets", var store, "bulk"]) => Task.FromResult(SecretRoutes.Answer(known.Secrets.GetAll(Text(store)))),
            (Get, ["v1.0", "secrets", var store, var key]) => Task.FromResult(SecretRoutes.Answer(known.Secrets.Get(Text(store), Text(key)))),
            (Get, ["v1.0", "metadata"]) => Task.FromResult<IResult>(metadata.Get(app)),
            (Put, ["v1.0", "metadata", var key]) => metadata.PutAsync(context, app, Text(key)),
            (Post, ["v1.0", "shutdown"]) => Task.FromResult<IResult>(Shutdown(context.Response)),
            // Anything else is service invocation, and needs to say whose (dapr:pkg/api/http/directmessaging.go).
            _ => TargetName.Find(context.Request, path) is var (target, method) ? invocation.HandleAsync(context, app, target, method) : Task.FromResult<IResult>(NoTarget()),
        };
    }

    private static ActorRef Actor(List<string> path) => new(Text(path[2]), Text(path[3]));

    private static string Text(string segment) => RequestPath.Unescape(segment);

    private static IResult Health(HttpContext context, AppInstance app)
    {
        var wanted = context.Request.Query["appid"].ToString();
        return wanted.Length > 0 && wanted != app.App.AppId ? DaprError.HealthOfAnotherApp()
            : app.Connection is null && app.App.AppPort != 0 ? DaprError.HealthNotReady("[app]")
            : HttpAnswer.NoContent;
    }

    private HttpAnswer Shutdown(HttpResponse response)
    {
        AfterAnswer(response, shutdown);
        return HttpAnswer.NoContent;
    }

    /// <summary>The answer first: the mesh stops with the sidecar.</summary>
    internal static void AfterAnswer(HttpResponse response, Action shutdown) => response.OnCompleted(() =>
    {
        shutdown();
        return Task.CompletedTask;
    });

    private static DaprError NoTarget() => DaprError.DirectInvoke("failed getting app id either from the URL path or the header dapr-app-id", StatusCodes.Status404NotFound);
}
