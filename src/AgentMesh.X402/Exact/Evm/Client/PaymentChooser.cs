using AgentMesh.Evm;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.Client;

/// <summary>Chooses among the ways to pay. All of them are a stranger's text.</summary>
public static class PaymentChooser
{
    /// <summary>
    /// The first way to pay that the policy allows, those of its favorite payment flow before the others. Refused with a code of
    /// <see cref="ClientRefusals"/> when there is none.
    /// </summary>
    public static Result<PaymentChoice> Choose(PaymentRequired required, PaymentPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(required);
        ArgumentNullException.ThrowIfNull(policy);
        Refusal? farthest = null;
        foreach (var requirements in required.Options.OrderBy(requirements => FlowRank(requirements, policy)))
        {
            var choice = Judge(requirements, policy);
            if (!choice.IsRefused)
                return choice;
            if (farthest is null || ClientRefusals.RankOf(choice.Refusal) > ClientRefusals.RankOf(farthest))
                farthest = choice.Refusal;
        }

        return farthest ?? ClientRefusals.Of(ClientRefusals.Unsupported, "No way to pay is offered.");
    }

    private static Result<PaymentChoice> Judge(PaymentRequirements requirements, PaymentPolicy policy)
    {
        if (requirements.Scheme != ExactEvm.Scheme || !ExactEvm.TryParseNetwork(requirements, out var network) || !ExactEvm.IsByEip3009(requirements))
            return ClientRefusals.Of(ClientRefusals.Unsupported, "Only exact payments by EIP-3009 on a known EVM network are made.");
        if (FlowRank(requirements, policy) == int.MaxValue)
            return ClientRefusals.Of(ClientRefusals.Unsupported, "The payment flow is not one that is taken.");
        if (!EvmAddress.TryParseChecked(requirements.Asset, out var address)
            || !EvmAddress.TryParseChecked(requirements.PayTo, out var payTo)
            || payTo == EvmAddress.Zero
            || !UInt256.TryParse(requirements.AmountAtomic, out var amount))
        {
            return ClientRefusals.Of(ClientRefusals.Malformed, "The amount, the asset or the payee is not one.");
        }

        if (policy.Caps.FirstOrDefault(cap => cap.Asset.Network == network && cap.Asset.Address == address) is not { } allowed)
            return ClientRefusals.Of(ClientRefusals.AssetNotAllowed, $"The token {address} on {network} is not one that may be paid with.");
        var asset = allowed.Asset;
        if (!Names(requirements, ExactEvm.NameMember, asset.Name) || !Names(requirements, ExactEvm.VersionMember, asset.Version))
            return ClientRefusals.Of(ClientRefusals.DomainMismatch, $"The seller gives {asset.Symbol} on {network} a domain that it does not have.");
        var validity = (int)Math.Min(requirements.MaxTimeoutSeconds, policy.MaxValiditySeconds);
        // Facilitators want that many seconds left when they look, and time passes until they do.
        if (validity <= ExactEvmVerifier.SettlementSeconds)
            return ClientRefusals.Of(ClientRefusals.WindowTooShort, $"A payment has to be valid for more than {ExactEvmVerifier.SettlementSeconds} seconds.");
        if (amount.Value > allowed.MaxAmountAtomic.Value)
            return ClientRefusals.Of(ClientRefusals.AmountOverCap, $"The price is {amount} atomic units of {asset.Symbol}, the cap {allowed.MaxAmountAtomic}.");
        var choice = new PaymentChoice(requirements, asset, amount, payTo, validity);
        return policy.Accepts?.Invoke(choice) ?? true ? choice : ClientRefusals.Of(ClientRefusals.Declined, "The policy declined the payment.");
    }

    // A seller that says nothing of the domain leaves it to the client's table; official facilitators then refuse, which costs nothing.
    private static bool Names(PaymentRequirements requirements, string member, string value) =>
        !ExactEvm.HasExtra(requirements, member) || ExactEvm.ExtraText(requirements, member) == value;

    private static int FlowRank(PaymentRequirements requirements, PaymentPolicy policy)
    {
        var flow = ExactEvm.HasExtra(requirements, ExactEvm.PaymentFlowMember)
            ? ExactEvm.ExtraText(requirements, ExactEvm.PaymentFlowMember)
            : ExactEvm.AuthorizationFlow;
        for (var rank = 0; rank < policy.PaymentFlows.Count; rank++)
        {
            if (policy.PaymentFlows[rank] == flow)
                return rank;
        }

        return int.MaxValue;
    }
}
