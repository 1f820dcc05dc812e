using System.Net;
using AgentMesh.Sidecar.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>
/// The dashboard's own port: the page and the API behind it. Read-only and for this machine: a page of another site, also one whose name
/// was made to lead here, gets nothing.
/// </summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly WebApplication _server;
    private readonly DashboardApi _api;
    private readonly CancellationTokenSource _stopping;

    private DashboardServer(int port, DashboardApi api, ILoggerFactory loggerFactory, CancellationTokenSource stopping)
    {
        (_api, _stopping) = (api, stopping);
        _server = LoopbackServer.Build(loggerFactory, kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 256;
            // A browser that does not read its logs is let go.
            kestrel.Limits.MinResponseDataRate = new MinDataRate(100, TimeSpan.FromSeconds(10));
            LoopbackServer.Listen(kestrel, port, HttpProtocols.Http1);
        });
        _server.Run(AnswerAsync);
        Address = $"http://127.0.0.1:{port}";
    }

    /// <summary>For a browser.</summary>
    public string Address { get; }

    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<DashboardServer> StartAsync(int port, DashboardApi api, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        var server = new DashboardServer(port, api, loggerFactory, new CancellationTokenSource());
        try
        {
            await server._server.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Ends the log streams, which would hold the stop.
        await _stopping.CancelAsync();
        await _server.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        // Off the thread of the sockets, which the calls of the apps need: files are read here.
        await Task.Yield();
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (Refuse(context.Request) is var (status, reason))
        {
            context.Response.StatusCode = status;
            if (status == StatusCodes.Status405MethodNotAllowed)
                headers.Allow = "GET, HEAD";
            await context.Response.WriteAsync(reason, context.RequestAborted);
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            await _api.AnswerAsync(context, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The browser or the sidecar has gone.
        }
    }

    private static (int Status, string Reason)? Refuse(HttpRequest request)
    {
        if (!IsLoopback(request.Host.Host))
            return (StatusCodes.Status403Forbidden, "the dashboard answers to localhost, 127.0.0.1 and [::1] only");
        if (request.Headers.Origin is [{ } origin] && !origin.Equals($"http://{request.Host.Value}", StringComparison.OrdinalIgnoreCase))
            return (StatusCodes.Status403Forbidden, "the dashboard is for its own page only");
        return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
            ? null
            : (StatusCodes.Status405MethodNotAllowed, "the dashboard is read-only");
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
