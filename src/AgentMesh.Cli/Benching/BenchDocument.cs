using System.Globalization;

namespace AgentMesh.Cli.Benching;

/// <summary>What a benchmark has measured, as <c>--json</c> prints it.</summary>
/// <param name="Agents">Agents that took messages.</param>
/// <param name="Connections">Messages at a time.</param>
/// <param name="Seconds">From the first message to the last answer.</param>
/// <param name="Acknowledged">Messages with an answer.</param>
/// <param name="MessagesPerSecond">Of those.</param>
/// <param name="LatencyMs">From a message to its answer; null: there was none.</param>
/// <param name="Refused">Refusals by code.</param>
/// <param name="Unanswered">Tries without an answer.</param>
/// <param name="Checked">Acknowledged messages that were looked for in the histories, with the first one to each agent.</param>
/// <param name="Missing">Acknowledged messages that are not there.</param>
/// <param name="Doubled">Messages that are there more than once.</param>
internal sealed record BenchDocument(
    int Agents, int Connections, double Seconds, int Acknowledged, double MessagesPerSecond, LatencyDocument? LatencyMs, IReadOnlyDictionary<string, int> Refused,
    int Unanswered, int Checked, int Missing, int Doubled)
{
    /// <summary>For people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return Line("bench", $"{Agents:N0} agents, {Connections:N0} connections, {Seconds:0.0} s");
        yield return Line("messages", $"{Acknowledged:N0} acknowledged, {MessagesPerSecond:0.0} a second");
        if (LatencyMs is { } latency)
            yield return Line("latency", $"p50 {latency.P50:0.0} ms, p95 {latency.P95:0.0} ms, p99 {latency.P99:0.0} ms, longest {latency.Max:0.0} ms");
        foreach (var (code, count) in Refused)
            yield return Line("refused", $"{count:N0} {code}");
        if (Unanswered > 0)
            yield return Line("unanswered", $"{Unanswered:N0}");
        yield return Line("histories", $"{Checked:N0} acknowledged messages were looked for: {Missing:N0} are missing, {Doubled:N0} are there more than once");
    }

    private static string Line(string label, FormattableString text) => $"{label,-12}{text.ToString(CultureInfo.InvariantCulture)}";
}

/// <summary>Latencies, ms.</summary>
/// <param name="P50">Half are not above it.</param>
/// <param name="P95">Of a hundred 95.</param>
/// <param name="P99">Of a hundred 99.</param>
/// <param name="Max">The longest.</param>
internal sealed record LatencyDocument(double P50, double P95, double P99, double Max)
{
    /// <summary>Of values in any order.</summary>
    public static LatencyDocument? Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? null : new LatencyDocument(Percentile.Of(sorted, 50), Percentile.Of(sorted, 95), Percentile.Of(sorted, 99), sorted[^1]);
    }
}
