namespace AgentMesh.Sidecar.Launcher;

/// <summary>When a dead app process is started again.</summary>
internal static class RestartPolicy
{
    /// <summary>A process that lived shorter died quickly.</summary>
    public static readonly TimeSpan QuickDeath = TimeSpan.FromSeconds(5);

    /// <summary>So many quick deaths in a row before the app was ever healthy fail the start.</summary>
    public const int DeathsThatFailTheStart = 5;

    // The first one: Ctrl-C reaches the apps and the sidecar at the same moment, and an app that obeys it must not be started again.
    // The last one leaves room to be up again within 2 s.
    private static readonly TimeSpan[] Delays = [.. ((double[])[0.1, 0.25, 0.5, 1, 1.75]).Select(TimeSpan.FromSeconds)];

    /// <summary>The wait after so many quick deaths in a row, the last one included: a tenth of a second at first, 1.75 s at most.</summary>
    public static TimeSpan Delay(int deathsInARow) => Delays[Math.Clamp(deathsInARow - 1, 0, Delays.Length - 1)];
}
