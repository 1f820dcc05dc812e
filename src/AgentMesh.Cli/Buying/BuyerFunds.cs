using AgentMesh.Cli.Funding;
using AgentMesh.Evm;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.Cli.Buying;

/// <summary>Sees that a buyer has simulated money enough for a price.</summary>
/// <param name="facilitator">Whose chain and faucet.</param>
/// <param name="report">Is told what there is.</param>
internal sealed class BuyerFunds(SimulatedFacilitator facilitator, PayReport report)
{
    /// <summary>10 USDC: what the faucet is asked for, or what is missing when that is more.</summary>
    private static readonly UInt256 GiftAtomic = 10_000_000UL;

    /// <summary>Looks at the balance, and asks the faucet when it does not suffice. A chain that does not answer is no reason not to pay.</summary>
    /// <returns>Why there is not enough; null: there is, or nobody knows.</returns>
    public async Task<Refusal?> EnsureAsync(EvmAddress buyer, PaymentChoice choice, CancellationToken cancellationToken)
    {
        var (token, price) = (choice.Asset, choice.AmountAtomic);
        if (await facilitator.FindBalanceAsync(token, buyer, cancellationToken) is not { } balance)
        {
            report.Remark($"{facilitator.Place} does not say what the buyer has; the seller will find out.");
            return null;
        }

        if (balance.Value >= price.Value)
        {
            report.Has(balance, token);
            return null;
        }

        var missing = price.Value - balance.Value;
        var given = await facilitator.GiveAsync(buyer, missing > GiftAtomic.Value ? new UInt256(missing) : GiftAtomic, token, cancellationToken);
        if (given.IsRefused)
            return given.Refusal;
        report.Given(given.Value, balance, token);
        return UInt256.Parse(given.Value.Balance).Value >= price.Value
            ? null
            : new Refusal(X402Reasons.InsufficientFunds, $"The buyer has {DecimalAmount.Format(balance, token.Decimals)} {token.Symbol}, less than the price.");
    }
}
