namespace AgentMesh.CrashKit.Chaos;

/// <summary>Ways to break something.</summary>
public enum ChaosKind
{
    /// <summary>SIGKILL of a process, which is started again by whoever looks after it.</summary>
    Kill,

    /// <summary>SIGSTOP of a process, and SIGCONT after a while.</summary>
    Pause,

    /// <summary>All connections of clients are cut, in the middle of whatever they carry.</summary>
    Cut,

    /// <summary>The connections of clients are slow for a while.</summary>
    Slow,

    /// <summary>The clock of all processes jumps: mostly forward, as that of a machine that slept, and now and then back a little, as one that is set.</summary>
    Jump,

    /// <summary>A service that others run does wrong with the next few calls, and says so or not.</summary>
    Fault,
}

/// <summary>The kinds, as scoreboards and histories name them.</summary>
public static class ChaosNames
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = ["kills", "pauses", "cuts", "slow", "jumps", "faults"];

    /// <summary>One of them.</summary>
    public static string Of(ChaosKind kind) => All[(int)kind];
}
