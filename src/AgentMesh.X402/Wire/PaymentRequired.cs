using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.X402.Wire;

/// <summary>That a resource is paid for, and how, of either version.</summary>
public abstract record PaymentRequired
{
    private protected PaymentRequired()
    {
    }

    /// <summary>1 or 2.</summary>
    [JsonPropertyOrder(-2)]
    public abstract int X402Version { get; }

    /// <summary>Why nothing is served: a reason code or a sentence, <c>error</c> on the wire. A stranger's text.</summary>
    [JsonIgnore]
    public abstract string? Reason { get; }

    /// <summary>The ways to pay, of the same version, the server's favorite first.</summary>
    [JsonIgnore]
    public abstract IReadOnlyList<PaymentRequirements> Options { get; }
}

/// <summary>Version 1: the JSON body of a 402.</summary>
/// <param name="Accepts">The ways to pay.</param>
/// <param name="Error">Why nothing is served.</param>
public sealed record PaymentRequiredV1(
    [property: JsonPropertyOrder(1)] IReadOnlyList<PaymentRequirementsV1> Accepts,
    string? Error = null) : PaymentRequired
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-2)]
    public override int X402Version => Wire.X402Version.V1;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? Reason => Error;

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<PaymentRequirements> Options => Accepts;
}

/// <summary>Version 2: the header <c>PAYMENT-REQUIRED</c> of a 402 (specification 5.1.2).</summary>
/// <param name="Resource">What is paid for.</param>
/// <param name="Accepts">The ways to pay.</param>
/// <param name="Error">Why nothing is served.</param>
/// <param name="Extensions">By name, each <c>{info, schema}</c>. A client sends them back and may add to an <c>info</c>.</param>
public sealed record PaymentRequiredV2(
    ResourceInfo Resource,
    IReadOnlyList<PaymentRequirementsV2> Accepts,
    [property: JsonPropertyOrder(-1)] string? Error = null,
    JsonElement? Extensions = null) : PaymentRequired
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-2)]
    public override int X402Version => Wire.X402Version.V2;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? Reason => Error;

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<PaymentRequirements> Options => Accepts;
}
