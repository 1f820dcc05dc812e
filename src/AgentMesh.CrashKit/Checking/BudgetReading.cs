using System.Numerics;

namespace AgentMesh.CrashKit.Checking;

/// <summary>What an agent said of one of its limits. Amounts in atomic units of its asset.</summary>
/// <param name="At">When it was read, since the begin of the run.</param>
/// <param name="Limit">What may be spent.</param>
/// <param name="Posted">What was spent.</param>
/// <param name="Held">What is set aside.</param>
public sealed record BudgetReading(TimeSpan At, BigInteger Limit, BigInteger Posted, BigInteger Held)
{
    /// <summary>One line of evidence.</summary>
    public override string ToString() => FormattableString.Invariant($"{At.TotalSeconds:0.000} s budget: limit {Limit}, posted {Posted}, held {Held}");
}
