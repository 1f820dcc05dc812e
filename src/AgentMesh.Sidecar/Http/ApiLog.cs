using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Http;

/// <summary>daprd's log of API calls (<c>--enable-api-logging</c>): one line at Info for each call that was answered.</summary>
internal sealed partial class ApiLog(ILogger<ApiLog> logger, string protocol)
{
    /// <summary>Runs the call, and notes it where the app asks for it. The state is passed, not captured: this is the path of every call.</summary>
    public Task RunAsync<T>(HttpContext context, AppDefinition app, T state, Func<HttpContext, T, Task> call) =>
        app.LogApiCalls ? RunLoggedAsync(context, app, state, call) : call(context, state);

    private async Task RunLoggedAsync<T>(HttpContext context, AppDefinition app, T state, Func<HttpContext, T, Task> call)
    {
        await call(context, state);
        LogCall(protocol, context.Request.Method, context.Request.Path.Value ?? "", app.AppId, context.Response.StatusCode);
    }

    [LoggerMessage(LogLevel.Information, "{Protocol} API Called: {Method} {Path} of {AppId}: {Status}")]
    private partial void LogCall(string protocol, string method, string path, string appId, int status);
}
