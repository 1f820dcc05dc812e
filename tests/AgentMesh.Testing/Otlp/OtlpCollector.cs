using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Testing.Otlp;

/// <summary>A collector in the test's process: takes spans, metrics and logs by OTLP (<c>http/protobuf</c>) and keeps all that came.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private readonly ConcurrentQueue<(string Kind, byte[] Body)> _requests = new();
    private readonly SemaphoreSlim _arrived = new(0);

    private OtlpCollector(WebApplication app) => _app = app;

    /// <summary>For <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public string Address => _app.Urls.First();

    /// <summary>What an app needs to send here, as soon as it has something.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings =>
    [
        new("OTEL_EXPORTER_OTLP_ENDPOINT", Address),
        new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        new("OTEL_BSP_SCHEDULE_DELAY", "100"),
        new("OTEL_BLRP_SCHEDULE_DELAY", "100"),
        new("OTEL_METRIC_EXPORT_INTERVAL", "250"),
    ];

    /// <summary>The spans that have come.</summary>
    public IReadOnlyList<OtlpSpan> Spans => [.. _spans];

    /// <summary>The bodies that have come, of <c>traces</c>, <c>metrics</c> or <c>logs</c>.</summary>
    public IReadOnlyList<byte[]> Bodies(string kind) => [.. _requests.Where(one => one.Kind == kind).Select(one => one.Body)];

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var collector = new OtlpCollector(app);
        app.Run(collector.TakeAsync);
        await app.StartAsync();
        return collector;
    }

    /// <summary>Waits until what has come is enough.</summary>
    public async Task WaitAsync(Func<OtlpCollector, bool> isEnough, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(isEnough);
        while (!isEnough(this))
            await _arrived.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _arrived.Dispose();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var kind = context.Request.Path.Value!.Split('/')[^1];
        if (kind == "traces")
        {
            foreach (var span in OtlpSpan.ReadAll(body.ToArray()))
                _spans.Enqueue(span);
        }

        _requests.Enqueue((kind, body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
        _arrived.Release();
    }
}
