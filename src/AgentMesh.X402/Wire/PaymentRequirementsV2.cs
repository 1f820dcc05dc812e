using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.X402.Wire;

/// <summary>One way to pay in version 2 (specification 5.1.2). A client sends the one it chose back as <c>accepted</c>, unchanged.</summary>
/// <param name="Scheme">How.</param>
/// <param name="Network">CAIP-2.</param>
/// <param name="Amount">In atomic units.</param>
/// <param name="Asset">Which token.</param>
/// <param name="PayTo">To whom.</param>
/// <param name="MaxTimeoutSeconds">Seconds that the payment may take.</param>
/// <param name="Extra">What else the scheme needs.</param>
public sealed record PaymentRequirementsV2(
    string Scheme, string Network, string Amount, string Asset, string PayTo, long MaxTimeoutSeconds, JsonElement? Extra = null) : PaymentRequirements
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string AmountAtomic => Amount;

    /// <inheritdoc/>
    [JsonIgnore]
    public override int X402Version => Wire.X402Version.V2;

    /// <summary>Members that are not known here, as they came: servers compare all of what comes back.</summary>
    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? Unknown { get; internal set; }
}
