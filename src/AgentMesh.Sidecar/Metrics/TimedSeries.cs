using System.Collections.Concurrent;
using Prometheus;

namespace AgentMesh.Sidecar.Metrics;

/// <summary>A count and a latency with the same labels, found without allocating once they are known.</summary>
/// <param name="count">Raised by one.</param>
/// <param name="latency">Milliseconds.</param>
/// <param name="labels">How many of a key's texts are labels.</param>
internal sealed class TimedSeries(Counter count, Histogram latency, int labels)
{
    private readonly ConcurrentDictionary<Key, (Counter.Child Count, Histogram.Child Latency)> _series = new();

    public void Add(in Key key, double elapsedMs)
    {
        var series = _series.GetOrAdd(key, static (key, self) => self.Create(key), this);
        series.Count.Inc();
        series.Latency.Observe(elapsedMs);
    }

    private (Counter.Child Count, Histogram.Child Latency) Create(Key key)
    {
        var values = ((string[])[key.First, key.Second, key.Third, key.Fourth, key.Fifth])[..labels];
        return (count.WithLabels(values), latency.WithLabels(values));
    }

    /// <summary>The labels' values in their order.</summary>
    internal readonly record struct Key(string First, string Second, string Third, string Fourth, string Fifth = "");
}
