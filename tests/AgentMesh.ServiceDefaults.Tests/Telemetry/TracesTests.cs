using System.Diagnostics;
using AgentMesh.ServiceDefaults.Health;
using AgentMesh.Testing.Otlp;
using Microsoft.AspNetCore.Builder;

namespace AgentMesh.ServiceDefaults.Tests.Telemetry;

/// <summary>Spans of a service at a collector.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TracesTests : IAsyncLifetime
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    private static readonly ActivitySource Source = new("AgentMesh.Tests");

    private OtlpCollector _collector = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _collector = await OtlpCollector.StartAsync();

    public ValueTask DisposeAsync() => _collector.DisposeAsync();

    [Fact]
    public async Task Request_AndWhatIsDoneForIt_IsOneTrace_OfTheCaller()
    {
        await using var server = await ServiceServer.StartAsync("Production", [.. _collector.Settings, new("APP_ID", "worker")], Map);
        await SendAsync(server, "/job/secret?q=secret");
        await _collector.WaitAsync(collector => collector.Spans.Count(span => span.Trace == Trace) == 2, Token);
        var request = Assert.Single(_collector.Spans, span => span.Parent == "b7ad6b7169203331");
        var work = Assert.Single(_collector.Spans, span => span.Source == "AgentMesh.Tests");
        Assert.Equal(("worker", "GET /job/{name}", Trace), (request.Service, request.Name, request.Trace));
        Assert.Equal(("work", Trace, request.Id), (work.Name, work.Trace, work.Parent));
        Assert.DoesNotContain(request.Tags, tag => tag.Key == "url.query");
        Assert.Equal("/job/secret", request.Tags["url.path"]);
    }

    [Theory]
    [InlineData("OTEL_SERVICE_NAME", "mine")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "service.name=mine")]
    public async Task ServiceName_IsTheVariables(string name, string value)
    {
        await using var server = await ServiceServer.StartAsync("Production", [.. _collector.Settings, new("APP_ID", "worker"), new(name, value)], Map);
        await SendAsync(server, "/job/1");
        await _collector.WaitAsync(collector => collector.Spans.Count > 0, Token);
        Assert.Equal("mine", _collector.Spans[0].Service);
    }

    /// <summary>The one that is asked for is awaited, so that the others would have been there.</summary>
    [Theory]
    [InlineData("/livez")]
    [InlineData("/healthz")]
    [InlineData("/metrics")]
    public async Task Probes_AreNotTold(string path)
    {
        await using var server = await ServiceServer.StartAsync("Development", _collector.Settings, Map);
        using var probe = await server.Client.GetAsync(new Uri(path, UriKind.Relative), Token);
        await SendAsync(server, "/job/1");
        await _collector.WaitAsync(collector => collector.Spans.Any(span => span.Name == "GET /job/{name}"), Token);
        Assert.All(_collector.Spans, span => Assert.Equal(Trace, span.Trace));
    }

    [Theory]
    [InlineData("OTEL_TRACES_SAMPLER", "always_off")]
    [InlineData("OTEL_TRACES_EXPORTER", "none")]
    [InlineData("OTEL_SDK_DISABLED", "true")]
    public async Task WithoutSpans_TheTraceIdIsThere(string name, string value)
    {
        var trace = "";
        await using var server = await ServiceServer.StartAsync(
            "Production", [.. _collector.Settings, new(name, value)], app => app.MapGet("/job/{name}", () => trace = $"{Activity.Current?.TraceId} {Activity.Current?.IsAllDataRequested}"));
        await SendAsync(server, "/job/1");
        Assert.Equal($"{Trace} False", trace);
    }

    private static async Task SendAsync(ServiceServer server, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
        using var answer = await server.Client.SendAsync(request, Token);
        answer.EnsureSuccessStatusCode();
    }

    private static void Map(WebApplication app)
    {
        app.MapServiceHealth();
        app.MapGet("/job/{name}", () =>
        {
            using var work = Source.StartActivity("work");
        });
    }
}
