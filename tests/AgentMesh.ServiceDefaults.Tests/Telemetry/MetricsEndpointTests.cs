using System.Diagnostics.Metrics;
using System.Net;
using AgentMesh.ServiceDefaults.Health;
using AgentMesh.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;

namespace AgentMesh.ServiceDefaults.Tests.Telemetry;

/// <summary>Who may scrape where.</summary>
[Collection(nameof(AloneCollection))]
public sealed class MetricsEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task InDevelopment_ItIsAtTheAppsOwnPort_WithOurMetricsAndTheRuntimes()
    {
        await using var server = await ServiceServer.StartAsync("Development", [], Map);
        using var first = await server.Client.GetAsync(new Uri("/work", UriKind.Relative), Token);
        var text = await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);
        Assert.Contains("\nagentmesh_works_total{", text, StringComparison.Ordinal);
        Assert.Contains("\ndotnet_process_cpu_count", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Development", "127.0.0.1", true)]
    [InlineData("Development", "::1", true)]
    [InlineData("Development", "192.0.2.1", false)]
    [InlineData("Production", "127.0.0.1", false)]
    [InlineData("Production", "192.0.2.1", false)]
    public async Task AtTheAppsOwnPort_ItIsForThisMachineInDevelopment(string environment, string caller, bool isAnswered)
    {
        await using var server = await ServiceServer.StartAsync(environment, [], Map, builder => builder.Services.AddSingleton(new CallerAddress(IPAddress.Parse(caller))));
        using var answer = await server.Client.GetAsync(new Uri("/metrics", UriKind.Relative), Token);
        Assert.Equal(isAnswered ? HttpStatusCode.OK : HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Disabled_ItIsNowhere()
    {
        await using var server = await ServiceServer.StartAsync("Development", [new("OTEL_SDK_DISABLED", "true"), new("OTEL_EXPORTER_PROMETHEUS_PORT", "9464")], Map);
        using var answer = await server.Client.GetAsync(new Uri("/metrics", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task WithAPortOfItsOwn_ItIsThereOnly_AndNothingElseIs(string environment)
    {
        var (own, apps) = (LoopbackPort.Free(), LoopbackPort.Free());
        await using var server = await ServiceServer.StartAsync(
            environment, [new("OTEL_EXPORTER_PROMETHEUS_PORT", $"{own}"), new("Kestrel:Endpoints:App:Url", $"http://127.0.0.1:{apps}")], Map,
            // Or a second scrape within 300 ms would get what the first one got.
            builder => builder.Services.Configure<PrometheusAspNetCoreOptions>(options => options.ScrapeResponseCacheDurationMilliseconds = 0), onKestrel: true);
        Assert.Equal("200 404 404", await AskAsync(own));
        Assert.Equal("404 200 404", await AskAsync(apps));
        // Those of each request cost each request something: they are there for who has asked for metrics.
        using var client = new HttpClient();
        Assert.Contains("\nhttp_server_request_duration_seconds_bucket{", await client.GetStringAsync(new Uri($"http://127.0.0.1:{own}/metrics"), Token), StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(int port)
    {
        using var client = new HttpClient();
        var answers = new List<int>();
        foreach (var path in (string[])["metrics", "work", "else"])
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/{path}"), Token);
            answers.Add((int)answer.StatusCode);
        }

        return string.Join(' ', answers);
    }

    private static void Map(WebApplication app)
    {
        if (app.Services.GetService<CallerAddress>() is { } caller)
        {
            app.Use((context, next) =>
            {
                context.Connection.RemoteIpAddress = caller.Address;
                return next(context);
            });
        }

        var works = app.Services.GetRequiredService<IMeterFactory>().Create("AgentMesh.Tests").CreateCounter<long>("agentmesh.works");
        app.MapGet("/work", () => works.Add(1));
        app.MapServiceHealth();
    }

    private sealed record CallerAddress(IPAddress Address);
}
