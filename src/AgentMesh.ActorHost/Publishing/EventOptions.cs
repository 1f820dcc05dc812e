using System.ComponentModel.DataAnnotations;

namespace AgentMesh.ActorHost.Publishing;

/// <summary>Section <c>AgentMesh:Events</c>: the events of agents that everybody may subscribe to.</summary>
internal sealed class EventOptions
{
    internal const string Section = "AgentMesh:Events";

    /// <summary>Whether they are published. Default true. What comes while it is false is published when it is true again, as far as logs keep it.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Milliseconds for which events gather before they are published together. Default 100.</summary>
    [Range(0, 10_000)]
    public int IntervalMs { get; set; } = 100;

    /// <summary>Events of one call of the sidecar. Default 500, and no more: an event has at most 6 KB, and a sidecar takes bodies of 4 MiB.</summary>
    [Range(1, 500)]
    public int BatchSize { get; set; } = 500;

    /// <summary>Events that wait in memory. Default 20,000: about 10 MB. What does not fit is read from the agents' logs later.</summary>
    [Range(500, 1_000_000)]
    public int QueueSize { get; set; } = 20_000;
}
