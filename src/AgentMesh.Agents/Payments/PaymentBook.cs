using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Payments;

/// <summary>
/// How many payments the agent has; they are numbered from 1, without a gap. State key <c>payments</c>, stored after the page it counts. Payments are
/// not the conversation's: no message reads them, and an erasure leaves them.
/// </summary>
/// <param name="Count">The number of the last one. A JSON integer below 2^53 in any life of an agent.</param>
public sealed record PaymentBook(long Count)
{
    /// <summary>No payment yet.</summary>
    public static PaymentBook Empty { get; } = new(0L);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.PaymentBook;

    /// <summary>Whether that number was given out.</summary>
    public bool Has(long seq) => seq >= 1 && seq <= Count;
}
