using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Payments;

namespace AgentMesh.Agents.Policies;

/// <summary>What is known of a payment that is to be judged. Texts are compared in one form, whatever case they come in.</summary>
/// <param name="Direction">Which way the money goes.</param>
/// <param name="Payee">The address that is paid.</param>
/// <param name="Host">The host that asks for it, without a port; null: none does.</param>
/// <param name="Asset">CAIP-19 of the token.</param>
/// <param name="Network">CAIP-2, that of the asset.</param>
/// <param name="AmountAtomic">Atomic units.</param>
public sealed record PolicyFacts(PaymentDirection Direction, string Payee, string? Host, string Asset, string Network, UInt128 AmountAtomic)
{
    /// <summary>A payment of texts; null when it has no direction or no amount. The other texts are judged with it.</summary>
    /// <param name="direction">Which way the money goes.</param>
    /// <param name="payee">The address that is paid.</param>
    /// <param name="host">The host that asks for it; null: none does.</param>
    /// <param name="asset">CAIP-19 of the token, whose network is the payment's.</param>
    /// <param name="amountAtomic">Decimal digits.</param>
    public static PolicyFacts? Create(PaymentDirection? direction, string payee, string? host, string asset, string amountAtomic) =>
        direction is { } way && AtomicAmount.TryParse(amountAtomic, out var amount)
            ? new PolicyFacts(way, payee, host, asset, asset is not null && ChainNames.Asset(asset) is { } name ? ChainNames.NetworkOf(name) : "", amount)
            : null;

    /// <summary>The account that is paid, as it is remembered: CAIP-10.</summary>
    internal string Account => $"{Network}:{Payee}";

    /// <summary>The same in the form in which it is compared; null when a text is none of its kind.</summary>
    internal PolicyFacts? ToCanonical()
    {
        if (Payee is null || Asset is null || Network is null || !Enum.IsDefined(Direction))
            return null;
        var host = Host is null ? null : HostPattern.Canonical(Host);
        return ChainNames.Account(Payee) is { } payee && ChainNames.Asset(Asset) is { } asset && ChainNames.NetworkOf(asset) == Network && (Host is null || host is not null)
            ? this with { Payee = payee, Asset = asset, Host = host }
            : null;
    }
}
