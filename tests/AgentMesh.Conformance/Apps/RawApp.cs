using System.Collections.Concurrent;
using System.Net;
using AgentMesh.Conformance.Targets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Conformance.Apps;

/// <summary>An app without an SDK: it records what its sidecar sends and answers what a test wants. Hosted in the test process.</summary>
public sealed class RawApp : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Probe> _probes = new(StringComparer.Ordinal);
    private readonly string _config;
    private readonly string _subscriptions;
    private WebApplication? _server;

    /// <param name="config">Its <c>/dapr/config</c>.</param>
    /// <param name="subscriptions">Its <c>/dapr/subscribe</c>.</param>
    public RawApp(string config, string subscriptions) => (_config, _subscriptions) = (config, subscriptions);

    /// <summary>What <c>/healthz</c> answers.</summary>
    public int Health { get; set; } = 200;

    /// <summary>Begins to listen.</summary>
    public async Task StartAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Logging.ClearProviders();
        // A handler that holds its request must not hold the end of the test.
        builder.WebHost.UseShutdownTimeout(TimeSpan.Zero);
        _server = builder.Build();
        _server.Run(HandleAsync);
        Free.Release(port);
        await _server.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The actor's place: calls, callbacks and deactivations come there.</summary>
    public Probe Actor(string type, string id) => _probes.GetOrAdd($"/actors/{type}/{id}", _ => new Probe());

    /// <summary>The place of a path, decoded, without query.</summary>
    public Probe Route(string path) => _probes.GetOrAdd(path, _ => new Probe());

    /// <summary>Stops listening; <see cref="StartAsync"/> begins again.</summary>
    public async Task StopAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _server = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var request = await AppRequest.ReadAsync(context);
        var path = request.Target.Split('?')[0];
        switch (path)
        {
            case "/dapr/config":
                await Probe.AnswerAsync(context, 200, _config, "application/json");
                return;
            case "/dapr/subscribe":
                await Probe.AnswerAsync(context, 200, _subscriptions, "application/json");
                return;
            case "/healthz":
                context.Response.StatusCode = Health;
                return;
        }

        // A test may look at its place after the sidecar has called there.
        await _probes.GetOrAdd(Key(path), _ => new Probe()).HandleAsync(context, request);
    }

    // As ASP.NET routing reads a path: each segment decoded once.
    private static string Key(string path)
    {
        var parts = path.Split('/').Select(Uri.UnescapeDataString).ToArray();
        return string.Join('/', parts is ["", "actors", _, _, ..] ? parts[..4] : parts);
    }
}
