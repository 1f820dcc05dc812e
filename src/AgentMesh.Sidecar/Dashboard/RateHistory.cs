using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>Looks at the call counters of each process every two seconds and keeps the last five minutes.</summary>
internal sealed class RateHistory : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Points kept.</summary>
    public const int Points = 150;

    private readonly Lock _gate = new();
    private readonly List<(AppDefinition App, Series In, Series Out)> _series;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _timeProvider;
    private readonly Task _loop;

    /// <param name="apps">Each with what reads the totals of its sidecar's calls to it, and of its own calls.</param>
    /// <param name="timeProvider">The clock.</param>
    public RateHistory(IEnumerable<(AppDefinition App, Func<(long, double)> ReadIn, Func<(long, double)> ReadOut)> apps, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _series = [.. apps.Select(item => (item.App, new Series(item.ReadIn), new Series(item.ReadOut)))];
        _loop = RunAsync();
    }

    public RatesView View
    {
        get
        {
            lock (_gate)
            {
                return new RatesView(
                    (int)Interval.TotalMilliseconds,
                    [.. _series.Select(item => new RateView(item.App.AppId, item.App.Replica, [.. item.In.Rates], [.. item.Out.Rates], [.. item.In.Means], [.. item.Out.Means]))]);
            }
        }
    }

    /// <summary>Takes one point; also called every <see cref="Interval"/>.</summary>
    public void Sample(TimeSpan elapsed)
    {
        lock (_gate)
        {
            foreach (var (_, incoming, outgoing) in _series)
            {
                incoming.Sample(elapsed);
                outgoing.Sample(elapsed);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, _timeProvider);
        var last = _timeProvider.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                var now = _timeProvider.GetTimestamp();
                Sample(_timeProvider.GetElapsedTime(last, now));
                last = now;
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private sealed class Series(Func<(long Count, double ElapsedMs)> read)
    {
        private (long Count, double ElapsedMs) _last = read();

        public Queue<double> Rates { get; } = new();

        public Queue<double> Means { get; } = new();

        public void Sample(TimeSpan elapsed)
        {
            var now = read();
            // Less than before: another process counts from 0 again.
            var calls = now.Count >= _last.Count ? now.Count - _last.Count : 0;
            Keep(Rates, elapsed > TimeSpan.Zero ? calls / elapsed.TotalSeconds : 0);
            Keep(Means, calls > 0 ? (now.ElapsedMs - _last.ElapsedMs) / calls : 0);
            _last = now;
        }

        private static void Keep(Queue<double> points, double value)
        {
            if (points.Count == Points)
                points.Dequeue();
            points.Enqueue(Math.Round(value, 2));
        }
    }
}
