using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.ResourceServer;

/// <summary>A price in one token, and whom it is paid to. Its requirements are the same amount in both versions.</summary>
public sealed class PaymentOption
{
    /// <summary>Seconds a client gets when nothing else is chosen; the official middleware's of version 1.</summary>
    public const int DefaultTimeoutSeconds = 60;

    private readonly JsonElement _extra;

    /// <summary>Takes a price in atomic units.</summary>
    /// <exception cref="ArgumentException">The amount or the payee is zero.</exception>
    public PaymentOption(TokenAsset asset, UInt256 amountAtomic, EvmAddress payTo, int maxTimeoutSeconds = DefaultTimeoutSeconds)
    {
        ArgumentNullException.ThrowIfNull(asset);
        if (amountAtomic.Value.IsZero)
            throw new ArgumentException("What costs nothing is not asked for.", nameof(amountAtomic));
        if (payTo == EvmAddress.Zero)
            throw new ArgumentException("Nobody is paid at the zero address.", nameof(payTo));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxTimeoutSeconds);
        Asset = asset;
        AmountAtomic = amountAtomic;
        PayTo = payTo;
        MaxTimeoutSeconds = maxTimeoutSeconds;
        _extra = JsonSerializer.SerializeToElement(new TokenDomainJson(asset.Name, asset.Version), WireJson.Wire.TokenDomainJson);
    }

    /// <summary>The token.</summary>
    public TokenAsset Asset { get; }

    /// <summary>The price in atomic units, paid exactly.</summary>
    public UInt256 AmountAtomic { get; }

    /// <summary>Who is paid.</summary>
    public EvmAddress PayTo { get; }

    /// <summary>Seconds that a payment may take.</summary>
    public int MaxTimeoutSeconds { get; }

    /// <summary>Takes a price in US dollars, as <see cref="DecimalAmount.TryParse"/> reads it, in a token that is worth one.</summary>
    /// <exception cref="FormatException">The text is no price, or has more digits than the token.</exception>
    public static PaymentOption FromUsd(TokenAsset asset, string usd, EvmAddress payTo, int maxTimeoutSeconds = DefaultTimeoutSeconds)
    {
        ArgumentNullException.ThrowIfNull(asset);
        return DecimalAmount.TryParse(usd, asset.Decimals, out var amount)
            ? new PaymentOption(asset, amount, payTo, maxTimeoutSeconds)
            : throw new FormatException($"A price is digits with at most {asset.Decimals} behind the point.");
    }

    internal PaymentRequirementsV2 ToV2() =>
        new(ExactEvm.Scheme, Asset.Network.ToString(), AmountAtomic.ToString(), Asset.Address.ToString(), PayTo.ToString(), MaxTimeoutSeconds, _extra);

    /// <summary>Null when version 1 has no name for the network.</summary>
    internal PaymentRequirementsV1? ToV1(ResourceInfo resource) => Asset.Network.LegacyName is not { } network ? null : new(
        ExactEvm.Scheme, network, AmountAtomic.ToString(), resource.Url, resource.Description ?? "", PayTo.ToString(), MaxTimeoutSeconds,
        Asset.Address.ToString(), resource.MimeType ?? "", Extra: _extra);
}
