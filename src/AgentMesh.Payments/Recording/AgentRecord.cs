using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.Payments.Recording;

/// <summary>A payment as its seller's agent keeps it.</summary>
internal static class AgentRecord
{
    /// <summary>The payment now.</summary>
    public static AgentPayment Of(PaymentInfo info) => new(
        info.PaymentId, PaymentDirections.In, info.State, info.AmountAtomic, DecimalsOf(info), info.Asset, info.Network, info.Payer, info.PayTo, info.Resource,
        info.CreatedAt, info.UpdatedAt, info.Transaction, info.Reason);

    /// <summary>The payment when its work begins. Always the same, whenever the seller is asked: the request is repeated as it was.</summary>
    public static AgentPayment OfBegun(PaymentInfo info) =>
        Of(info) with { State = PaymentStates.Executing, UpdatedAt = info.CreatedAt, Transaction = null, Reason = null };

    // Only known tokens are taken. Of one that has left the list since, atomic units are all that can be said.
    private static int DecimalsOf(PaymentInfo info) =>
        EvmNetwork.TryParse(info.Network, out var network) && EvmAddress.TryParse(info.Asset, out var asset) ? KnownAssets.Find(network, asset)?.Decimals ?? 0 : 0;
}
