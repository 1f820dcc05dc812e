using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.X402.Wire;

/// <summary>A payment of either version. Its text is money for whoever reads it, until it is settled: it belongs in no log.</summary>
[JsonConverter(typeof(PaymentPayloadConverter))]
public abstract record PaymentPayload
{
    private protected PaymentPayload()
    {
    }

    /// <summary>1 or 2.</summary>
    public abstract int X402Version { get; }

    /// <summary>What the scheme makes of it, an object: for <c>exact</c> on EVM the signature and the authorization.</summary>
    public abstract JsonElement Payload { get; init; }

    /// <summary>How it says it is paid.</summary>
    [JsonIgnore]
    public abstract string PaidScheme { get; }

    /// <summary>Where it says it is paid.</summary>
    [JsonIgnore]
    public abstract string PaidNetwork { get; }

    /// <summary>No part of the payment.</summary>
    public sealed override string ToString() => GetType().Name;
}

/// <summary>Version 1. It names no terms; the server has to know what it asked for.</summary>
/// <param name="Scheme">How.</param>
/// <param name="Network">The name of the network.</param>
/// <param name="Payload">What the scheme makes of it.</param>
public sealed record PaymentPayloadV1(string Scheme, string Network, JsonElement Payload) : PaymentPayload
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override int X402Version => Wire.X402Version.V1;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string PaidScheme => Scheme;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string PaidNetwork => Network;
}

/// <summary>Version 2 (specification 5.2.2).</summary>
/// <param name="Payload">What the scheme makes of it.</param>
/// <param name="Accepted">The requirements that were chosen, as the client says; to be compared with those that were offered.</param>
/// <param name="Resource">What is paid for, as the client says.</param>
/// <param name="Extensions">The server's, sent back, with the client's additions.</param>
public sealed record PaymentPayloadV2(
    JsonElement Payload,
    [property: JsonPropertyOrder(2)] PaymentRequirementsV2 Accepted,
    [property: JsonPropertyOrder(1)] ResourceInfo? Resource = null,
    [property: JsonPropertyOrder(3)] JsonElement? Extensions = null) : PaymentPayload
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override int X402Version => Wire.X402Version.V2;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string PaidScheme => Accepted.Scheme;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string PaidNetwork => Accepted.Network;
}
