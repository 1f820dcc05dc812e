using AgentMesh.Payments.Settlement;

namespace AgentMesh.Payments.Intents;

/// <summary>Which of a payer's payments is the one for a thing that it gave a name to.</summary>
/// <param name="PaymentId">The payment, which was verified.</param>
/// <param name="Request">A hash of what was asked for.</param>
/// <param name="At">When it was written.</param>
internal sealed record IntentHolder(string PaymentId, string Request, DateTimeOffset At)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = PaymentStateJson.IntentHolderVersion;
}
