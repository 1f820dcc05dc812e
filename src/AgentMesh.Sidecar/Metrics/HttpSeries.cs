using System.Collections.Concurrent;
using System.Globalization;
using Prometheus;

namespace AgentMesh.Sidecar.Metrics;

/// <summary>
/// Counters of one kind of HTTP exchange by method, path and status. A series is found by a key on the stack: a call of a known
/// path allocates nothing.
/// </summary>
/// <param name="increasedCardinality">False: the label <c>path</c> stays empty (<c>spec.metrics.http.increasedCardinality</c>).</param>
/// <param name="latency">Milliseconds.</param>
/// <param name="counts">Raised by one for each exchange.</param>
internal sealed class HttpSeries(bool increasedCardinality, Histogram latency, params Counter[] counts)
{
    /// <summary>Series of one process; what comes after them is counted without its path, which is the caller's to choose.</summary>
    public const int MaxSeries = 1_000;

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private int _count;

    public void Add(string method, ReadOnlySpan<char> path, int status, double elapsedMs)
    {
        Span<char> key = stackalloc char[PathLabel.MaxLength + 16];
        method = IsKnown(method) ? method : "UNKNOWN";
        // METHOD STATUS PATH
        method.CopyTo(key);
        key[method.Length] = ' ';
        var length = method.Length + 1;
        status.TryFormat(key[length..], out var digits, provider: CultureInfo.InvariantCulture);
        length += digits;
        key[length++] = ' ';
        var withoutPath = length;
        if (increasedCardinality)
            length += PathLabel.Write(path, key.Slice(length, PathLabel.MaxLength));

        var known = _series.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(key[..length], out var series))
        {
            if (length > withoutPath && Interlocked.Increment(ref _count) > MaxSeries)
                length = withoutPath;
            var label = key[withoutPath..length].ToString();
            // A lambda that captures would allocate in every call, also where it is not reached.
            series = _series.GetOrAdd(
                key[..length].ToString(), static (_, seen) => seen.Self.Create(seen.Method, seen.Label, seen.Status), (Self: this, Method: method, Label: label, Status: status));
        }

        foreach (var count in series.Counts)
            count.Inc();
        series.Latency.Observe(elapsedMs);
    }

    private static bool IsKnown(string method) =>
        method is "GET" or "PUT" or "POST" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" or "CONNECT" or "TRACE";

    private Series Create(string method, string path, int status)
    {
        string[] labels = [method, path, status.ToString(CultureInfo.InvariantCulture)];
        return new Series([.. counts.Select(count => count.WithLabels(labels))], latency.WithLabels(labels));
    }

    private sealed record Series(Counter.Child[] Counts, Histogram.Child Latency);
}
