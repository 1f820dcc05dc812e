using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;

namespace AgentMesh.ServiceDefaults.Tests;

/// <summary>A service of nothing but the defaults and what a test maps, in memory.</summary>
internal sealed class ServiceServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServiceServer(WebApplication app) => _app = app;

    public HttpClient Client => _app.GetTestClient();

    public static async Task<ServiceServer> StartAsync(string environment, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        var app = builder.Build();
        app.UseServiceDefaults();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ServiceServer(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
