using System.Numerics;

namespace AgentMesh.CrashKit.Verdicts;

/// <summary>What a scenario came to.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Promise">What it checks, in a sentence.</param>
/// <param name="Seconds">How long it was under load.</param>
/// <param name="Traffic">How many requests there were.</param>
/// <param name="Accidents">How often what was broken, by kind.</param>
/// <param name="Checked">How many things were held against the promise.</param>
/// <param name="Violations">What is broken of it.</param>
public sealed record Verdict(
    string Scenario, string Promise, double Seconds, Traffic Traffic, IReadOnlyDictionary<string, int> Accidents, int Checked, IReadOnlyList<Violation> Violations)
{
    /// <summary>Nothing is wrong.</summary>
    public bool IsClean => Violations.Count == 0;

    /// <summary>How many of a kind.</summary>
    public int Count(ViolationKind kind) => Violations.Count(violation => violation.Kind == kind);

    /// <summary>How much too much was spent, micro-USD.</summary>
    public BigInteger OverMicroUsd => Violations.Aggregate(BigInteger.Zero, (sum, violation) => sum + violation.OverMicroUsd);
}
