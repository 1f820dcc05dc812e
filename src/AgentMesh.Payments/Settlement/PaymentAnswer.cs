namespace AgentMesh.Payments.Settlement;

/// <summary>The seller's answer to a payment. State key <c>answer</c>, by itself: a look at where the payment stands does not read it.</summary>
/// <param name="Text">The answer, at most 512 KiB of UTF-8, the seller's own limit.</param>
internal sealed record PaymentAnswer(string Text)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = PaymentStateJson.AnswerVersion;
}
