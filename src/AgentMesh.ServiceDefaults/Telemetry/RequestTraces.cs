using System.Diagnostics;

namespace AgentMesh.ServiceDefaults.Telemetry;

/// <summary>
/// Gives every request a trace id, also when nobody collects traces: problems show it, logs carry it, and calls pass it on, so that
/// one id connects them. Without a listener the server makes an activity only while its logging is on.
/// </summary>
internal static class RequestTraces
{
    private const string ServerSource = "Microsoft.AspNetCore";

    // Only the ids: no tags are gathered until an exporter with a listener of its own asks for them.
    private static readonly ActivityListener Listener = new()
    {
        ShouldListenTo = source => source.Name == ServerSource,
        Sample = static (ref _) => ActivitySamplingResult.PropagationData,
    };

    /// <summary>Switches it on for the process; a repeat changes nothing.</summary>
    public static void Enable() => ActivitySource.AddActivityListener(Listener);
}
