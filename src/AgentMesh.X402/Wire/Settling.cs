using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.X402.Wire;

/// <summary>The order to execute a payment, to a facilitator (specification 7.2). Repeated only byte for byte.</summary>
/// <param name="X402Version">Of the two below.</param>
/// <param name="PaymentPayload">The payment.</param>
/// <param name="PaymentRequirements">What the server asked for; never the client's copy of it.</param>
public sealed record SettleRequest(int X402Version, PaymentPayload PaymentPayload, PaymentRequirements PaymentRequirements);

/// <summary>What became of a payment (specification 5.3); the client gets it as the receipt. An answer that did not come is no failure.</summary>
/// <param name="Success">Whether the money has moved.</param>
/// <param name="Transaction">The hash of the transaction; empty when none was sent. A failure may have one.</param>
/// <param name="Network">Where.</param>
/// <param name="ErrorReason">Why not, a code of <see cref="X402Reasons"/> or one that only its facilitator knows.</param>
/// <param name="ErrorMessage">The reason for people; of the official SDK.</param>
/// <param name="Payer">Who paid.</param>
/// <param name="Amount">What was charged in atomic units, of schemes where it may be less than was signed.</param>
/// <param name="Extensions">What extensions have to say.</param>
/// <param name="Extra">What the scheme has to say.</param>
public sealed record SettleResponse(
    bool Success,
    [property: JsonPropertyOrder(3)] string Transaction,
    [property: JsonPropertyOrder(4)] string Network,
    [property: JsonPropertyOrder(1)] string? ErrorReason = null,
    [property: JsonPropertyOrder(2)] string? ErrorMessage = null,
    [property: JsonPropertyOrder(5)] string? Payer = null,
    [property: JsonPropertyOrder(6)] string? Amount = null,
    [property: JsonPropertyOrder(7)] JsonElement? Extensions = null,
    [property: JsonPropertyOrder(8)] JsonElement? Extra = null);
