namespace AgentMesh.X402.Exact.Evm.ResourceServer;

/// <summary>What became of the order to settle.</summary>
/// <param name="Outcome">Whether the money has moved.</param>
/// <param name="Transaction">The hash of the transaction, as far as known.</param>
/// <param name="Code">Why it has not, or is not known.</param>
/// <param name="Detail">The same for people.</param>
public sealed record SettleVerdict(SettleOutcome Outcome, string? Transaction = null, string? Code = null, string? Detail = null);

/// <summary>Whether the money has moved.</summary>
public enum SettleOutcome
{
    /// <summary>It has.</summary>
    Settled,

    /// <summary>It has not, and this order will not make it.</summary>
    Failed,

    /// <summary>Nobody knows.</summary>
    Unknown,

    /// <summary>There was no connection: the order did not go out.</summary>
    NotSent,
}
