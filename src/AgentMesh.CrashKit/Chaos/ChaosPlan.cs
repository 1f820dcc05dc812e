using AgentMesh.CrashKit.Seeds;

namespace AgentMesh.CrashKit.Chaos;

/// <summary>Something that is broken.</summary>
/// <param name="At">When, since the begin of the load.</param>
/// <param name="Kind">How.</param>
/// <param name="Role">What: an app id, <c>sidecar</c>, <c>store</c> or <c>network</c>.</param>
/// <param name="Pick">Chooses one of the processes of that role, of however many there are then.</param>
/// <param name="For">How long, of what lasts.</param>
public sealed record ChaosStep(TimeSpan At, ChaosKind Kind, string Role, int Pick, TimeSpan For)
{
    /// <summary>Of a clock that jumps: by how much; negative: back.</summary>
    public TimeSpan By { get; init; }

    /// <summary>For people.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{At.TotalSeconds,6:0.0} s {Kind.ToString().ToLowerInvariant()} {Role}{(For > TimeSpan.Zero ? FormattableString.Invariant($" for {For.TotalSeconds:0.0} s") : "")}{(By != TimeSpan.Zero ? FormattableString.Invariant($" by {By.TotalSeconds:0.0} s") : "")}");
}

/// <summary>Something that can be broken.</summary>
/// <param name="Role">What.</param>
/// <param name="Kinds">How.</param>
/// <param name="Weight">How often, beside the others; at least 1.</param>
/// <param name="Recovery">How long it is left alone afterwards, so that there is something to be broken again.</param>
public sealed record ChaosTarget(string Role, IReadOnlyList<ChaosKind> Kinds, int Weight, TimeSpan Recovery);

/// <summary>What is broken and when: a function of the seed, so that a run can be done again.</summary>
public static class ChaosPlan
{
    /// <summary>More steps than this are no plan.</summary>
    private const int MaxSteps = 10_000;

    private const int LeastGapMs = 500;
    private const int MostGapMs = 3_000;
    private const int LeastEffectMs = 300;
    private const int MostEffectMs = 5_000;
    private const int PercentBack = 25;
    private const int LeastBackMs = 100;
    private const int MostBackMs = 5_000;
    private const int LeastForwardMs = 1_000;
    private const int MostForwardMs = 600_000;

    /// <summary>Makes the plan.</summary>
    /// <param name="random">Decides it.</param>
    /// <param name="length">How long the load lasts. Nothing is broken in the last fifth of it: what comes back late is seen working.</param>
    /// <param name="targets">What can be broken.</param>
    public static IReadOnlyList<ChaosStep> Make(SeededRandom random, TimeSpan length, IReadOnlyList<ChaosTarget> targets)
    {
        List<ChaosStep> steps = [];
        if (targets.Count == 0)
            return steps;
        var at = TimeSpan.FromMilliseconds(random.Between(LeastGapMs, MostGapMs));
        while (at < length * 0.8 && steps.Count < MaxSteps)
        {
            var target = Choose(random, targets);
            var kind = random.OneOf(target.Kinds);
            var lasts = TimeSpan.FromMilliseconds(random.Between(LeastEffectMs, MostEffectMs));
            var step = new ChaosStep(at, kind, target.Role, random.Next(MaxSteps), kind is ChaosKind.Pause or ChaosKind.Slow ? lasts : TimeSpan.Zero);
            if (kind == ChaosKind.Jump)
                step = step with { By = JumpOf(random) };
            steps.Add(step);
            at += step.For + target.Recovery + TimeSpan.FromMilliseconds(random.Between(LeastGapMs, MostGapMs));
        }

        return steps;
    }

    private static TimeSpan JumpOf(SeededRandom random) => random.Percent(PercentBack)
        ? -TimeSpan.FromMilliseconds(random.Between(LeastBackMs, MostBackMs))
        : TimeSpan.FromMilliseconds(random.Between(LeastForwardMs, MostForwardMs));

    private static ChaosTarget Choose(SeededRandom random, IReadOnlyList<ChaosTarget> targets)
    {
        var left = random.Next(targets.Sum(target => target.Weight));
        foreach (var target in targets)
        {
            if ((left -= target.Weight) < 0)
                return target;
        }

        return targets[^1];
    }
}
