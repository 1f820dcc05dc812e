using AgentMesh.Gateway.Identity;
using AgentMesh.Gateway.Watching;
using AgentMesh.ServiceDefaults.Health;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Edge;

/// <summary>
/// One line for each request when it is over: who, what and how long. The route stands in it and not the path, which may be anything that a stranger has
/// written; the query and the body are nowhere. Where everybody is this machine's own developer it is off, because the launcher copies each line, which a
/// message on few cores is slower by. <c>Logging__LogLevel__AgentMesh.Gateway.Edge.RequestLog</c> is its switch.
/// </summary>
internal sealed partial class RequestLog(RequestDelegate next, TimeProvider time, ILogger<RequestLog> logger)
{
    // nginx's code for "client closed request".
    private const int ClientClosedRequest = 499;

    private readonly ILogger _logger = logger;

    public Task InvokeAsync(HttpContext context) => _logger.IsEnabled(LogLevel.Information) ? LoggedAsync(context) : next(context);

    private async Task LoggedAsync(HttpContext context)
    {
        var begun = time.GetTimestamp();
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            await next(context);
            status = context.Response.StatusCode;
        }
        catch (BadHttpRequestException exception)
        {
            status = exception.StatusCode;
            throw;
        }
        finally
        {
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
            if (route is null || !HealthEndpoints.IsProbe(new PathString(route)) && route != AnnouncementsEndpoint.Route)
            {
                LogRequest(
                    context.Request.Method, route ?? "-", context.RequestAborted.IsCancellationRequested ? ClientClosedRequest : status, time.GetElapsedTime(begun).TotalMilliseconds,
                    Caller.Of(context)?.Name ?? "-", Problem.TraceId(context));
            }
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Method} {Route} {Status} in {DurationMs:0.0} ms for {User}, trace {TraceId}")]
    private partial void LogRequest(string method, string route, int status, double durationMs, string user, string traceId);
}
