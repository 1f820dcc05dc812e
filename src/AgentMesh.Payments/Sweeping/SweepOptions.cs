using System.ComponentModel.DataAnnotations;

namespace AgentMesh.Payments.Sweeping;

/// <summary>Section <c>AgentMesh:Sweep</c>, as the agents app has it: finds payments with something to do whose reminders were lost.</summary>
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
    /// Seconds that a payment is open before it is noted. Default 5: most are over by then, and cost no write. A process that dies earlier takes the
    /// note with it. 0: what is open at the next look, which is every second.
    /// </summary>
    [Range(0, 60)]
    public int NoteDelaySeconds { get; set; } = 5;

    /// <summary>Payments that one sweep of this process looks after at most. Default 1000; the next sweep goes on.</summary>
    [Range(1, 100_000)]
    public int MaxPayments { get; set; } = 1000;

    /// <summary>Payments that are looked after at a time. Default 16.</summary>
    [Range(1, 256)]
    public int Concurrency { get; set; } = 16;

    internal bool IsOn => IntervalSeconds > 0;

    internal TimeSpan Interval => TimeSpan.FromSeconds(IntervalSeconds);

    internal TimeSpan Grace => TimeSpan.FromSeconds(GraceSeconds);

    internal TimeSpan NoteDelay => TimeSpan.FromSeconds(NoteDelaySeconds);
}
