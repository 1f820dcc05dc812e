using Prometheus;

namespace AgentMesh.Sidecar.Metrics;

/// <summary>Makes the metrics of one process: a registry of its own with the app id on every series, daprd's buckets, no exemplars.</summary>
internal sealed class MetricSet
{
    // dapr: pkg/config, GetLatencyDistribution; milliseconds.
    private static readonly double[] LatencyBuckets =
    [
        1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500, 650, 800, 1_000, 2_000, 5_000, 10_000,
        20_000, 50_000, 100_000,
    ];

    // dapr: pkg/diagnostics, defaultSizeDistribution.
    private static readonly double[] SizeBuckets =
        [1 << 10, 2 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20, 256 << 20, 1 << 30, 4L << 30];

    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly MetricFactory _factory;

    public MetricSet(string appId)
    {
        _registry.SetStaticLabels(new Dictionary<string, string> { ["app_id"] = appId });
        _factory = Prometheus.Metrics.WithCustomRegistry(_registry);
        // An exemplar costs a look at the current activity for each call, and daprd has none.
        _factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
    }

    public Counter Counter(string name, string help, params string[] labels) =>
        _factory.CreateCounter(name, help, labels, new CounterConfiguration { SuppressInitialValue = true });

    public Gauge Gauge(string name, string help, params string[] labels) => _factory.CreateGauge(name, help, labels);

    /// <summary>A histogram of milliseconds.</summary>
    public Histogram Latency(string name, string help, params string[] labels) => Histogram(name, help, LatencyBuckets, labels);

    /// <summary>A count and a latency of a component.</summary>
    public TimedSeries Timed(string name, string count, string latency, params string[] labels) =>
        new(Counter($"dapr_component_{name}_count", count, labels), Latency($"dapr_component_{name}_latencies", latency, labels), labels.Length);

    /// <summary>A histogram of bytes.</summary>
    public Histogram Size(string name, string help, params string[] labels) => Histogram(name, help, SizeBuckets, labels);

    /// <summary>Runs before each export, for what is counted only when somebody asks.</summary>
    public void BeforeExport(Func<CancellationToken, Task> collect) => _registry.AddBeforeCollectCallback(collect);

    /// <summary>Writes Prometheus' text format, version 0.0.4.</summary>
    public Task ExportAsync(Stream output, CancellationToken cancellationToken) => _registry.CollectAndExportAsTextAsync(output, cancellationToken);

    private Histogram Histogram(string name, string help, double[] buckets, string[] labels) =>
        _factory.CreateHistogram(name, help, labels, new HistogramConfiguration { Buckets = buckets, SuppressInitialValue = true });
}
