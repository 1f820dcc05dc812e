using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.X402.Wire;

/// <summary>
/// One way to pay in version 1. The resource is a part of it. Absent members are left out and never null: the official client refuses
/// <c>outputSchema: null</c> and <c>extra: null</c>, and wants <see cref="Description"/> and <see cref="MimeType"/>.
/// </summary>
/// <param name="Scheme">How.</param>
/// <param name="Network">The name of the network.</param>
/// <param name="MaxAmountRequired">In atomic units; for <c>exact</c> neither more nor less is paid, whatever the member's name says.</param>
/// <param name="Resource">The URL that is paid for.</param>
/// <param name="Description">For people.</param>
/// <param name="PayTo">To whom.</param>
/// <param name="MaxTimeoutSeconds">Seconds that the payment may take.</param>
/// <param name="Asset">Which token.</param>
/// <param name="MimeType">Of the answer.</param>
/// <param name="OutputSchema">What the answer looks like.</param>
/// <param name="Extra">What else the scheme needs.</param>
public sealed record PaymentRequirementsV1(
    string Scheme,
    string Network,
    string MaxAmountRequired,
    string Resource,
    string Description,
    [property: JsonPropertyOrder(3)] string PayTo,
    [property: JsonPropertyOrder(4)] long MaxTimeoutSeconds,
    [property: JsonPropertyOrder(5)] string Asset,
    [property: JsonPropertyOrder(1)] string? MimeType = null,
    [property: JsonPropertyOrder(2)] JsonElement? OutputSchema = null,
    [property: JsonPropertyOrder(6)] JsonElement? Extra = null) : PaymentRequirements
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string AmountAtomic => MaxAmountRequired;

    /// <inheritdoc/>
    [JsonIgnore]
    public override int X402Version => Wire.X402Version.V1;
}
