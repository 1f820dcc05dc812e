using System.Diagnostics;

namespace AgentMesh.Gateway.Agents;

/// <summary>
/// Passes <c>traceparent</c> on and nothing else. <c>tracestate</c> and <c>baggage</c> are of the caller's making and size: a sidecar
/// reads 4 KiB of headers by default, so they would let a caller break its own agent's calls, and carry text of a stranger inside.
/// </summary>
internal sealed class TraceparentPropagator : DistributedContextPropagator
{
    private const string Traceparent = "traceparent";

    public override IReadOnlyCollection<string> Fields { get; } = [Traceparent];

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (activity is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
            setter?.Invoke(carrier, Traceparent, id);
    }

    public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
    {
        traceId = null;
        traceState = null;
        getter?.Invoke(carrier, Traceparent, out traceId, out _);
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
