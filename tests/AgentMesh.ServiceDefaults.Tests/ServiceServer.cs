using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace AgentMesh.ServiceDefaults.Tests;

/// <summary>A service of nothing but the defaults and what a test maps, in memory.</summary>
internal sealed class ServiceServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServiceServer(WebApplication app) => _app = app;

    public HttpClient Client => _app.GetTestClient();

    /// <summary>Where it listens, when it does.</summary>
    public IReadOnlyCollection<string> Urls => [.. _app.Urls];

    public static Task<ServiceServer> StartAsync(string environment, Action<WebApplication> map) => StartAsync(environment, [], map);

    /// <param name="environment">Its name.</param>
    /// <param name="settings">As environment variables of the service would have them.</param>
    /// <param name="map">Maps endpoints.</param>
    /// <param name="build">Adds to the service after its defaults.</param>
    /// <param name="onKestrel">Listens on real sockets.</param>
    public static async Task<ServiceServer> StartAsync(
        string environment, IEnumerable<KeyValuePair<string, string>> settings, Action<WebApplication> map, Action<WebApplicationBuilder>? build = null, bool onKestrel = false)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings!);
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        build?.Invoke(builder);
        if (!onKestrel)
            builder.WebHost.UseTestServer();
        var app = builder.Build();
        app.UseServiceDefaults();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ServiceServer(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
