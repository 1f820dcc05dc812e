using System.ComponentModel.DataAnnotations;
using AgentMesh.Agents.DueWork;

namespace AgentMesh.ActorHost.Sweeping;

/// <summary>Section <c>AgentMesh:Sweep</c>: finds agents with due work whose reminders were lost.</summary>
internal sealed class SweepOptions
{
    internal const string Section = "AgentMesh:Sweep";

    /// <summary>Seconds between two sweeps of this process. Default 60. 0: nothing is noted and nothing swept, and reminders are all there is.</summary>
    [Range(0, 3600)]
    public int IntervalSeconds { get; set; } = 60;

    /// <summary>Seconds for which what is due is left to the reminders. Default 30.</summary>
    [Range(0, 3600)]
    public int GraceSeconds { get; set; } = 30;

    /// <summary>
    /// Seconds that an agent has something to do before it is noted. Default 5: most turns of a model are over by then, and cost no write. A
    /// process that dies earlier takes the note with it.
    /// </summary>
    [Range(0, 60)]
    public int NoteDelaySeconds { get; set; } = 5;

    /// <summary>Agents that one sweep of this process looks after at most. Default 1000; the next sweep goes on.</summary>
    [Range(1, 100_000)]
    public int MaxAgents { get; set; } = 1000;

    /// <summary>Agents that are looked after at a time. Default 16.</summary>
    [Range(1, 256)]
    public int Concurrency { get; set; } = 16;

    /// <summary>The Dapr state component that keeps which tenants have due work. Default <c>statestore</c>.</summary>
    [Required]
    public string StateStore { get; set; } = "statestore";

    internal TimeSpan Interval => TimeSpan.FromSeconds(IntervalSeconds);

    internal TimeSpan Grace => TimeSpan.FromSeconds(GraceSeconds);

    /// <summary>What agents note; null: nothing.</summary>
    internal DueRules? Rules => IntervalSeconds == 0 ? null : new DueRules(Interval, Grace);
}
