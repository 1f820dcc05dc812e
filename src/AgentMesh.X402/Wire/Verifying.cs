using System.Text.Json;

namespace AgentMesh.X402.Wire;

/// <summary>The question whether a payment is good, to a facilitator (specification 7.1).</summary>
/// <param name="X402Version">Of the two below.</param>
/// <param name="PaymentPayload">The payment.</param>
/// <param name="PaymentRequirements">What the server asked for; never the client's copy of it.</param>
public sealed record VerifyRequest(int X402Version, PaymentPayload PaymentPayload, PaymentRequirements PaymentRequirements);

/// <summary>Whether a payment is good (specification 5.4). A no is an answer like a yes: HTTP says 200 to both.</summary>
/// <param name="IsValid">Whether it is.</param>
/// <param name="InvalidReason">Why not, a code of <see cref="X402Reasons"/> or one that only its facilitator knows.</param>
/// <param name="InvalidMessage">The reason for people; of the official SDK.</param>
/// <param name="Payer">Who pays, as far as could be read.</param>
/// <param name="Extensions">What extensions have to say.</param>
/// <param name="Extra">What the scheme has to say.</param>
public sealed record VerifyResponse(
    bool IsValid,
    string? InvalidReason = null,
    string? InvalidMessage = null,
    string? Payer = null,
    JsonElement? Extensions = null,
    JsonElement? Extra = null);
