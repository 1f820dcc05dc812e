using System.Text;

namespace AgentMesh.Sidecar.Metrics;

/// <summary>
/// What daprd measures of one process, under daprd's names and labels (dapr: pkg/diagnostics). Every process has its own; one that is
/// not served is counted into all the same.
/// </summary>
internal sealed class AppMetrics
{
    /// <summary>Of Prometheus' text format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MetricSet _set;
    private readonly TimeProvider _timeProvider;

    /// <param name="appId">On every series.</param>
    /// <param name="namespaceName">Dapr's namespace.</param>
    /// <param name="timeProvider">Measures.</param>
    /// <param name="componentTypes">One for each component of the app.</param>
    /// <param name="increasedCardinality">Whether HTTP paths are labels.</param>
    public AppMetrics(string appId, string namespaceName, TimeProvider timeProvider, IEnumerable<string> componentTypes, bool increasedCardinality)
    {
        _set = new MetricSet(appId);
        _timeProvider = timeProvider;
        Http = new HttpMetrics(_set, increasedCardinality);
        Grpc = new GrpcMetrics(_set);
        Service = new ServiceMetrics(_set);
        foreach (var type in componentTypes)
            Service.ComponentLoaded(type);
        Components = new ComponentMetrics(_set, namespaceName);
        Resiliency = new ResiliencyMetrics(_set, namespaceName);
    }

    /// <summary>For a definition that no runtime serves.</summary>
    public static AppMetrics Nowhere { get; } = new("", "", TimeProvider.System, [], increasedCardinality: false);

    public HttpMetrics Http { get; }

    public GrpcMetrics Grpc { get; }

    public ServiceMetrics Service { get; }

    public ComponentMetrics Components { get; }

    public ResiliencyMetrics Resiliency { get; }

    /// <summary>The start of something, for <see cref="ElapsedMs"/>.</summary>
    public long Start() => _timeProvider.GetTimestamp();

    public double ElapsedMs(long started) => _timeProvider.GetElapsedTime(started).TotalMilliseconds;

    /// <inheritdoc cref="MetricSet.BeforeExport"/>
    public void BeforeExport(Func<CancellationToken, Task> collect) => _set.BeforeExport(collect);

    /// <summary>All series as Prometheus' text.</summary>
    public async Task<string> ExportAsync(CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await _set.ExportAsync(buffer, cancellationToken);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Answers a scrape at <c>/</c> or <c>/metrics</c>.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        // Off the thread of the sockets, which the calls of the apps need.
        await Task.Yield();
        if (context.Request.Path.Value is not ("/" or "/metrics") || !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = ContentType;
        await context.Response.WriteAsync(await ExportAsync(context.RequestAborted), context.RequestAborted);
    }
}
