namespace AgentMesh.Contracts.Payments;

/// <summary>What an account has of a token, as the chain says it; or why nobody knows.</summary>
/// <param name="AmountAtomic">Atomic units, decimal digits; null: not known.</param>
/// <param name="Reason">Why, one of <see cref="BalanceReasons"/>; null: it is known.</param>
public sealed record Balance(string? AmountAtomic, string? Reason);

/// <summary>Why a balance is not known. Documented in <c>docs/refusals.md</c>.</summary>
public static class BalanceReasons
{
    /// <summary>No node of the chain is configured.</summary>
    public const string NotConfigured = "balance_not_configured";

    /// <summary>The node was not reached.</summary>
    public const string NodeUnreachable = "node_unreachable";

    /// <summary>The node took too long.</summary>
    public const string NodeTimedOut = "node_timed_out";

    /// <summary>The node is of another chain.</summary>
    public const string NodeOfAnotherChain = "node_of_another_chain";

    /// <summary>The node answered, and not with a balance.</summary>
    public const string NodeFailed = "node_failed";

    /// <summary>The app that asks the node was not reached.</summary>
    public const string PaymentsUnreachable = "payments_unreachable";
}
