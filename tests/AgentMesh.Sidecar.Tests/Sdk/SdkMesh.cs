using System.Net;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.Tests.Runtime;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Sidecar.Tests.Sdk;

/// <summary>An app of the unmodified SDK, its sidecar, and a client of both.</summary>
internal sealed record SdkMesh(SidecarHarness Sidecar, WebApplication App, ActorProxyFactory Proxies) : IAsyncDisposable
{
    public static async Task<SdkMesh> StartAsync(
        Action<ActorRegistrationCollection> register, Action<ActorRuntimeOptions>? configure = null, IStateStore? store = null, bool compat116 = false)
    {
        var definition = SidecarHarness.Define("app", TestPorts.Next());
        var sidecar = await SidecarHarness.StartAsync([definition], daprToken: "token", store: store, compat116: compat116);
        var endpoint = $"http://localhost:{definition.DaprHttpPort}";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, definition.AppPort));
        builder.Logging.ClearProviders();
        builder.Services.AddRouting();
        builder.Services.AddActors(options =>
        {
            options.HttpEndpoint = endpoint;
            options.DaprApiToken = "token";
            configure?.Invoke(options);
            register(options.Actors);
        });
        var app = builder.Build();
        app.MapActorsHandlers();
        await app.StartAsync(TestContext.Current.CancellationToken);
        await sidecar.ConnectAsync();
        return new SdkMesh(sidecar, app, new ActorProxyFactory(new ActorProxyOptions { HttpEndpoint = endpoint, DaprApiToken = "token" }));
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Sidecar.DisposeAsync();
    }
}
