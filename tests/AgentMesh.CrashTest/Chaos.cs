using System.Diagnostics;
using System.Globalization;
using AgentMesh.EndToEnd;

// Each test has the machine to itself: what is measured is a kill, not a neighbor.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace AgentMesh.CrashTest;

/// <summary>
/// How long accidents go on: a few in the short form, which every test run has, or for <c>AGENTMESH_CRASH_MINUTES</c> minutes a test.
/// </summary>
internal sealed class Chaos
{
    private static readonly TimeSpan? Minutes =
        Environment.GetEnvironmentVariable("AGENTMESH_CRASH_MINUTES") is { Length: > 0 } minutes
            ? TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture))
            : null;

    private readonly long _started = Stopwatch.GetTimestamp();

    /// <param name="seed">Of the random choices; <c>AGENTMESH_CRASH_SEED</c> repeats a run's.</param>
    private Chaos(int seed) => Random = new Random(seed);

    public static bool IsLong => Minutes is not null;

    public Random Random { get; }

    /// <summary>In the short form one store stands for both; which of them differs from test to test.</summary>
    public static void UnlessOn(StoreKind kind, StoreKind standsForBoth) =>
        Assert.SkipUnless(IsLong || kind == standsForBoth, "A test of the long form: AGENTMESH_CRASH_MINUTES=1.");

    public static Chaos Begin()
    {
        var seed = Environment.GetEnvironmentVariable("AGENTMESH_CRASH_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"AGENTMESH_CRASH_SEED={seed}");
        return new Chaos(seed);
    }

    /// <summary>Whether there is another accident.</summary>
    /// <param name="before">Accidents so far.</param>
    /// <param name="shortForm">Accidents of the short form.</param>
    public bool GoesOn(int before, int shortForm) =>
        Minutes is { } minutes ? Stopwatch.GetElapsedTime(_started) < minutes : before < shortForm;

    public T OneOf<T>(IReadOnlyList<T> choices) => choices[Random.Next(choices.Count)];
}
