using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>A daprd for each app process: each is asked over HTTP for what it tells everybody, its metadata and its metrics.</summary>
internal sealed class DaprdSource : IDashboardSource, IAsyncDisposable
{
    private readonly IReadOnlyList<AppDefinition> _apps;
    private readonly IReminderStore? _reminders;
    private readonly TimeProvider _timeProvider;
    private readonly SidecarClient _sidecars;
    private readonly RateHistory _rates;
    private readonly ConcurrentDictionary<int, Seen> _seen = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    /// <param name="apps">One for each daprd.</param>
    /// <param name="reminders">Of the Redis they share; null: none can be read.</param>
    /// <param name="token">Their API token; null: they have none.</param>
    /// <param name="timeProvider">The clock.</param>
    public DaprdSource(IReadOnlyList<AppDefinition> apps, IReminderStore? reminders, string? token, TimeProvider timeProvider)
    {
        (_apps, _reminders, _timeProvider, _sidecars) = (apps, reminders, timeProvider, new SidecarClient(token));
        _rates = new RateHistory(apps.Select(app => (app, Read(app, seen => seen.In), Read(app, seen => seen.Out))), timeProvider);
        _loop = RunAsync();
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ActorTypes => [.. _seen.Values.SelectMany(seen => seen.ActorTypes).Distinct().Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public RatesView Rates => _rates.View;

    /// <inheritdoc/>
    public bool? IsAnswering(ProcessView process) => _seen.TryGetValue(process.DaprHttpPort, out var seen) ? seen.IsReady : null;

    /// <inheritdoc/>
    public Task<JsonElement?> MetadataAsync(ProcessView process, CancellationToken cancellationToken) => _sidecars.GetMetadataAsync(process.DaprHttpPort, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReminderView>> RemindersAsync(string type, int skip, int limit, CancellationToken cancellationToken) =>
        _reminders is null ? [] : [.. (await _reminders.LoadPageAsync(type, DateTimeOffset.MaxValue, skip, limit, cancellationToken)).Select(ReminderView.Of)];

    /// <inheritdoc/>
    public Task<IReadOnlyList<TopicView>> TopicsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<TopicView>>([]);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(ProcessView Process, string Text)>> MetricsAsync(IReadOnlyList<ProcessView> processes, CancellationToken cancellationToken)
    {
        var texts = new List<(ProcessView, string)>();
        foreach (var process in processes.Where(process => process.MetricsPort != 0))
        {
            if (await _sidecars.GetTextAsync(process.MetricsPort, "/metrics", cancellationToken) is { } text)
                texts.Add((process, text));
        }

        return texts;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        await _rates.DisposeAsync();
        _sidecars.Dispose();
        _stopping.Dispose();
    }

    /// <summary>The samples of a metric added up, of all its labels but those of our own questions.</summary>
    internal static double Sum(string metrics, string name) => metrics.Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && (line[name.Length] is '{' or ' '))
        .Where(line => !line.Contains("path=\"/v1.0/metadata\"", StringComparison.Ordinal) && !line.Contains("path=\"/v1.0/healthz\"", StringComparison.Ordinal))
        .Sum(line => double.TryParse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture, out var value) ? value : 0);

    private Func<(long Count, double ElapsedMs)> Read(AppDefinition app, Func<Seen, (long, double)> which) =>
        () => _seen.TryGetValue(app.DaprHttpPort, out var seen) ? which(seen) : default;

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(RateHistory.Interval, _timeProvider);
        try
        {
            do
                await Task.WhenAll(_apps.Select(LookAsync));
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task LookAsync(AppDefinition app)
    {
        var metadata = await _sidecars.GetMetadataAsync(app.DaprHttpPort, _stopping.Token);
        var isReady = await _sidecars.GetTextAsync(app.DaprHttpPort, "/v1.0/healthz", _stopping.Token) is not null;
        var metrics = app.Configuration.MetricsEnabled ? await _sidecars.GetTextAsync(app.MetricsPort, "/metrics", _stopping.Token) ?? "" : "";
        // One that starts is not ready yet: that it has started is the launcher's to say, and it knows earlier. A restart begins anew.
        var before = metadata is null ? null : _seen.GetValueOrDefault(app.DaprHttpPort)?.IsReady;
        _seen[app.DaprHttpPort] = new Seen(
            isReady ? true : before is null ? null : false, TypesOf(metadata),
            ((long)Sum(metrics, "dapr_http_client_completed_count"), Sum(metrics, "dapr_http_client_roundtrip_latency_sum")),
            ((long)Sum(metrics, "dapr_http_server_request_count"), Sum(metrics, "dapr_http_server_latency_sum")));
    }

    private static List<string> TypesOf(JsonElement? metadata) =>
        metadata is { } known && known.TryGetProperty("actorRuntime", out var runtime) && runtime.TryGetProperty("activeActors", out var types)
            ? [.. types.EnumerateArray().Select(type => type.GetProperty("type").GetString()!)]
            : [];

    /// <summary>A daprd at the last look.</summary>
    private sealed record Seen(bool? IsReady, IReadOnlyList<string> ActorTypes, (long, double) In, (long, double) Out);
}
