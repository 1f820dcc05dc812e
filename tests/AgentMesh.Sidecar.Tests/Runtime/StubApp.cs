using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Sidecar.Tests.Runtime;

/// <summary>An app as the sidecar sees it: records what arrives, answers what the test says.</summary>
internal sealed class StubApp : IAsyncDisposable
{
    private readonly WebApplication _server;

    private StubApp(int port, string config)
    {
        Port = port;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            var path = context.Request.Path.Value!;
            Requests.Enqueue(new Received(context.Request.Method, path + context.Request.QueryString, body,
                context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            if (path == "/dapr/config")
                await context.Response.WriteAsync(config);
            else
                await Handler(context, body);
        });
    }

    public int Port { get; }

    public ConcurrentQueue<Received> Requests { get; } = new();

    /// <summary>What the app does with everything but its config; 200 and an empty body unless a test says otherwise.</summary>
    public Func<HttpContext, string, Task> Handler { get; set; } = (_, _) => Task.CompletedTask;

    public IEnumerable<Received> Calls(string method) => Requests.Where(request => request.Method == method && request.Path.StartsWith("/actors/", StringComparison.Ordinal));

    public static async Task<StubApp> StartAsync(string config = """{"entities":["T"]}""", int? port = null)
    {
        var app = new StubApp(port ?? TestPorts.Next(), config);
        await app._server.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
    }

    internal sealed record Received(string Method, string Path, string Body, IReadOnlyDictionary<string, string> Headers);
}
