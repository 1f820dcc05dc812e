using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.X402.Wire;

/// <summary>One way to pay, of either version. What is common to both is here; the bytes are those of the version.</summary>
[JsonConverter(typeof(PaymentRequirementsConverter))]
public abstract record PaymentRequirements
{
    private protected PaymentRequirements()
    {
    }

    /// <summary>1 or 2. Not on the wire: what is around the requirements says it.</summary>
    [JsonIgnore]
    public abstract int X402Version { get; }

    /// <summary>How: <c>exact</c>.</summary>
    public abstract string Scheme { get; init; }

    /// <summary>Where: CAIP-2 in version 2 (<c>eip155:84532</c>), a name in version 1 (<c>base-sepolia</c>).</summary>
    public abstract string Network { get; init; }

    /// <summary>How much, in atomic units, decimal digits: <c>amount</c>, or <c>maxAmountRequired</c> in version 1.</summary>
    [JsonIgnore]
    public abstract string AmountAtomic { get; }

    /// <summary>Which token: the address of its contract.</summary>
    public abstract string Asset { get; init; }

    /// <summary>To whom.</summary>
    public abstract string PayTo { get; init; }

    /// <summary>Seconds that the payment may take; a client signs no longer than that.</summary>
    public abstract long MaxTimeoutSeconds { get; init; }

    /// <summary>What else the scheme needs, an object; for <c>exact</c> on EVM the <c>name</c> and <c>version</c> of the token's EIP-712 domain.</summary>
    public abstract JsonElement? Extra { get; init; }
}
