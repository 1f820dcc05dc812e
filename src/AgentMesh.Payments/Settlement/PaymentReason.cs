using AgentMesh.Primitives;

namespace AgentMesh.Payments.Settlement;

/// <summary>Why a payment failed or is unknown.</summary>
/// <param name="Code">Of x402, of the seller, or of <c>PaymentRefusals</c>.</param>
/// <param name="Detail">One sentence that is safe to show.</param>
internal sealed record PaymentReason(string Code, string Detail)
{
    /// <summary>Characters that are kept of a stranger's words.</summary>
    public const int MaxLength = 500;

    /// <summary>Takes what a facilitator or a seller said, cut off.</summary>
    public static PaymentReason Create(string? code, string? detail) =>
        new(Utf16Text.Cut(code ?? "unknown_reason", MaxLength), Utf16Text.Cut(detail ?? "", MaxLength));
}
