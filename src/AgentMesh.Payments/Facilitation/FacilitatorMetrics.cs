using System.Diagnostics.Metrics;

namespace AgentMesh.Payments.Facilitation;

/// <summary>How the facilitator answers.</summary>
internal sealed class FacilitatorMetrics
{
    private readonly Histogram<double> _calls;

    public FacilitatorMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        // The specification of x402 gives a settlement as long as the payer's authorization has: seconds of a chain, not milliseconds.
        _calls = meters.Create("AgentMesh.Payments.Facilitation").CreateHistogram(
            "agentmesh.facilitator.call.duration", "s", "Calls of the facilitator, with their retries.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });
    }

    /// <summary>The facilitator was asked.</summary>
    /// <param name="call">What for: <c>verify</c> or <c>settle</c>.</param>
    /// <param name="outcome">What it said, in a word.</param>
    /// <param name="duration">How long it took.</param>
    public void Called(string call, string outcome, TimeSpan duration) =>
        _calls.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("agentmesh.call", call), new KeyValuePair<string, object?>("agentmesh.outcome", outcome));
}
