using AgentMesh.CrashKit.Chaos;
using AgentMesh.CrashKit.Seeds;

namespace AgentMesh.CrashKit.Tests.Chaos;

/// <summary>What is broken and when is a function of the seed.</summary>
public sealed class ChaosPlanTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly ChaosTarget[] Targets =
    [
        new("agents", [ChaosKind.Kill, ChaosKind.Pause], 3, TimeSpan.FromSeconds(1)),
        new("sidecar", [ChaosKind.Kill], 1, TimeSpan.FromSeconds(10)),
        new("network", [ChaosKind.Cut, ChaosKind.Slow], 2, TimeSpan.Zero),
        new("clock", [ChaosKind.Jump], 2, TimeSpan.Zero),
    ];

    [Fact]
    public void Plan_IsAFunctionOfTheSeed()
    {
        Assert.Equal(Plan(5, Minute), Plan(5, Minute));
        Assert.NotEqual(Plan(5, Minute), Plan(6, Minute));
    }

    /// <summary>A run that is cut short has met the same beginning.</summary>
    [Fact]
    public void LongerRun_BeginsAsTheShorterOne()
    {
        var shorter = Plan(5, Minute);
        Assert.Equal(shorter, Plan(5, 10 * Minute).Take(shorter.Count));
    }

    [Fact]
    public void Plan_UsesAllThatThereIs_InOrder_AndLeavesTheLastFifthAlone()
    {
        var plan = Plan(5, 10 * Minute);
        Assert.Equal(Targets.SelectMany(target => target.Kinds.Select(kind => (target.Role, kind))).Order(), plan.Select(step => (step.Role, step.Kind)).Distinct().Order());
        Assert.Equal(plan.Select(step => step.At).Order(), plan.Select(step => step.At));
        Assert.InRange(plan[^1].At, 7 * Minute, 8 * Minute);
    }

    [Fact]
    public void WhatWasBroken_HasItsTimeToRecover()
    {
        var plan = Plan(5, 10 * Minute);
        foreach (var (step, next) in plan.Zip(plan.Skip(1)))
            Assert.True(next.At >= step.At + step.For + Targets.Single(target => target.Role == step.Role).Recovery, $"{step} then {next}");
    }

    [Fact]
    public void OnlyWhatLasts_HasALength() =>
        Assert.All(Plan(5, 10 * Minute), step => Assert.Equal(step.Kind is ChaosKind.Pause or ChaosKind.Slow, step.For > TimeSpan.Zero));

    [Fact]
    public void OnlyAClockJumps_MostlyForward_AndBackByLessThanItTakesToNotice()
    {
        var plan = Plan(5, 30 * Minute);
        Assert.All(plan, step => Assert.Equal(step.Kind == ChaosKind.Jump, step.By != TimeSpan.Zero));
        TimeSpan[] jumps = [.. plan.Where(step => step.Kind == ChaosKind.Jump).Select(step => step.By)];
        Assert.All(jumps, by => Assert.InRange(by, TimeSpan.FromSeconds(-5), TimeSpan.FromMinutes(10)));
        Assert.InRange(jumps.Count(by => by < TimeSpan.Zero), 1, jumps.Length / 2);
    }

    [Fact]
    public void NothingToBreak_IsAnEmptyPlan() => Assert.Empty(ChaosPlan.Make(new SeededRandom(1), Minute, []));

    [Fact]
    public void Step_ReadsAsALine()
    {
        Assert.Equal("   3.2 s kill agents", $"{new ChaosStep(TimeSpan.FromSeconds(3.2), ChaosKind.Kill, "agents", 7, TimeSpan.Zero)}");
        Assert.Equal("   9.0 s jump clock by -2.5 s", $"{new ChaosStep(TimeSpan.FromSeconds(9), ChaosKind.Jump, "clock", 7, TimeSpan.Zero) { By = TimeSpan.FromSeconds(-2.5) }}");
        Assert.Equal("  63.0 s pause gateway for 1.5 s", $"{new ChaosStep(TimeSpan.FromSeconds(63), ChaosKind.Pause, "gateway", 7, TimeSpan.FromSeconds(1.5))}");
    }

    private static IReadOnlyList<ChaosStep> Plan(ulong seed, TimeSpan length) => ChaosPlan.Make(new SeededRandom(seed), length, Targets);
}
