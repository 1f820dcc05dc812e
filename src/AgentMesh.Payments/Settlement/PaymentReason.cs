namespace AgentMesh.Payments.Settlement;

/// <summary>Why a payment failed or is unknown.</summary>
/// <param name="Code">Of x402, of the seller, or of <c>PaymentRefusals</c>.</param>
/// <param name="Detail">One sentence that is safe to show.</param>
internal sealed record PaymentReason(string Code, string Detail)
{
    /// <summary>Characters that are kept of a stranger's words.</summary>
    public const int MaxLength = 500;

    /// <summary>Takes what a facilitator or a seller said, cut off.</summary>
    public static PaymentReason Create(string? code, string? detail) => new(Cut(code ?? "unknown_reason"), Cut(detail ?? ""));

    private static string Cut(string text)
    {
        if (text.Length <= MaxLength)
            return text;
        // Half of a surrogate pair has no UTF-8.
        return char.IsHighSurrogate(text[MaxLength - 1]) ? text[..(MaxLength - 1)] : text[..MaxLength];
    }
}
