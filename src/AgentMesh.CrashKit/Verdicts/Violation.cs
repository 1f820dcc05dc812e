using System.Numerics;

namespace AgentMesh.CrashKit.Verdicts;

/// <summary>Which promise is broken.</summary>
public enum ViolationKind
{
    /// <summary>Acknowledged, and not there.</summary>
    Lost,

    /// <summary>Done more than once.</summary>
    Doubled,

    /// <summary>More money was spent or charged than may be.</summary>
    Over,

    /// <summary>Somebody was shown what is another's.</summary>
    Leaked,

    /// <summary>Another promise: an order, a number, an answer that repeats do not agree on, an end that does not come.</summary>
    Wrong,
}

/// <summary>A broken promise.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Agent">Whose agent.</param>
/// <param name="What">One sentence.</param>
/// <param name="Evidence">Lines of the history that show it.</param>
public sealed record Violation(ViolationKind Kind, string Agent, string What, IReadOnlyList<string> Evidence)
{
    /// <summary>Of <see cref="ViolationKind.Over"/>: how much, in micro-USD or the millionths of USDC.</summary>
    public BigInteger OverMicroUsd { get; init; }

    /// <summary>Of <see cref="ViolationKind.Lost"/>: what was done after it is there, so that it would come too late.</summary>
    public bool IsOvertaken { get; init; }

    /// <summary>Nothing that still comes can mend it.</summary>
    public bool IsFinal => IsOvertaken || Kind is ViolationKind.Doubled or ViolationKind.Over or ViolationKind.Leaked;
}
