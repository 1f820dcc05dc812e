using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Payments;

/// <summary>
/// Where in the list a payment stands. State key <c>payment:{id}</c>. Half of a transaction may have left it behind, so it is believed only
/// when the payment of that number has that id.
/// </summary>
/// <param name="Seq">Its number; 0: none. A JSON integer, as <see cref="PaymentBook.Count"/>.</param>
public sealed record PaymentPlace(long Seq)
{
    /// <summary>Nowhere.</summary>
    public static PaymentPlace None { get; } = new(0L);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.PaymentPlace;
}
