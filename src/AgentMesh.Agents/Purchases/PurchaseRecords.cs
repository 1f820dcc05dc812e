using System.Collections.Immutable;

namespace AgentMesh.Agents.Purchases;

/// <summary>Records to store of a purchase, in one transaction with what it holds and pays.</summary>
/// <param name="Book">The purchases after it.</param>
/// <param name="Purchase">The one that has changed.</param>
public sealed record PurchaseRecords(PurchaseBook Book, StoredPurchase Purchase)
{
    /// <summary>What it sends, to be stored with a new one; null: it stays, until it is of no use any more.</summary>
    public PurchaseBody? Body { get; init; }

    /// <summary>What it was answered with, to be stored; null: it stays.</summary>
    public PurchaseBody? Answer { get; init; }

    /// <summary>What it sent is of no use any more.</summary>
    public bool RemovesBody { get; init; }

    /// <summary>Others that are forgotten.</summary>
    public ImmutableArray<string> Forgotten { get; init; } = [];

    /// <summary>Others whose answers are not kept any more.</summary>
    public ImmutableArray<string> WithoutAnswer { get; init; } = [];
}
