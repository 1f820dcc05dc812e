using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge.Draining;
using AgentMesh.Gateway.Tests.OpenApi;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Gateway.Tests;

/// <summary>The gateway as <c>Program.cs</c> builds it, in Development, before a fake sidecar. Retries do not wait.</summary>
internal sealed class GatewayServer(FakeSidecar sidecar, TimeProvider? timeProvider = null, params KeyValuePair<string, string>[] settings)
    : WebApplicationFactory<Program>
{
    /// <summary>The port, when the gateway runs on Kestrel.</summary>
    public int Port { get; private set; }

    /// <summary>Waits at its end for those who have a connection. Tests whose clock stands still would wait for ever.</summary>
    public bool Drains { get; init; }

    /// <summary>Where it logs; null: nowhere.</summary>
    public ILoggerProvider? Logs { get; init; }

    /// <summary>Sends through the whole pipeline in memory, follows nothing and keeps no cookies; what is answered is held against the OpenAPI document.</summary>
    public HttpClient Client() => CreateDefaultClient(new DocumentCheck());

    /// <summary>Listens on real sockets instead.</summary>
    public GatewayServer OnKestrel()
    {
        Port = FreePort();
        UseKestrel();
        StartServer();
        return this;
    }

    /// <summary>Ends as a process does that is told to.</summary>
    public Task StopAsync() => Services.GetRequiredService<IHost>().StopAsync(TestContext.Current.CancellationToken);

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.UseSetting("DAPR_HTTP_ENDPOINT", sidecar.Address);
        builder.UseSetting("DAPR_API_TOKEN", "sidecar-token");
        builder.UseSetting("APP_PORT", Port == 0 ? "" : Port.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in settings)
            builder.UseSetting(name, value);
        builder.ConfigureLogging(logging =>
        {
            logging.ClearProviders();
            if (Logs is not null)
                logging.AddProvider(Logs);
        });
        builder.ConfigureTestServices(services =>
        {
            services.Configure<AgentCallOptions>(options => options.RetryDelay = TimeSpan.Zero);
            if (!Drains)
                services.Configure<DrainOptions>(options => options.Quiet = TimeSpan.Zero);
            if (timeProvider is not null)
                services.AddSingleton(timeProvider);
        });
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>One gateway and sidecar for the tests of a class, which run one after the other.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    internal FakeSidecar Sidecar { get; private set; } = null!;

    internal GatewayServer Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Sidecar = await FakeSidecar.StartAsync();
        Gateway = new GatewayServer(Sidecar, null, new KeyValuePair<string, string>("AgentMesh:Cors:Origins", "https://app.example.org, http://localhost:3000"));
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Sidecar.DisposeAsync();
    }
}
