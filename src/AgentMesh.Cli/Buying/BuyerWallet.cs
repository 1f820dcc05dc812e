using AgentMesh.Cli.Funding;
using AgentMesh.Cli.Terminal;
using AgentMesh.Evm.Signing;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Wire;

namespace AgentMesh.Cli.Buying;

/// <summary>
/// Decides, gets the money, signs and stores. A payment that another process stored for the same request meanwhile is the one that is sent; the own
/// one is dropped, and nobody has seen it.
/// </summary>
/// <param name="request">What is paid for.</param>
/// <param name="key">Whose money it is.</param>
/// <param name="policy">What may be signed.</param>
/// <param name="faucet">Where simulated money comes from; null: from nowhere.</param>
/// <param name="unfinished">Where payments are stored before they are sent.</param>
/// <param name="report">Is told of each step.</param>
/// <param name="parts">Clock and chance.</param>
internal sealed class BuyerWallet(
    PayRequest request, EvmKey key, PaymentPolicy policy, SimulatedFacilitator? faucet, UnfinishedPayments unfinished, PayReport report, CliParts parts) : IPaymentWallet
{
    public async ValueTask<Result<SignedPayment>> PayAsync(PaymentRequired required, Uri uri, CancellationToken cancellationToken)
    {
        var choice = PaymentChooser.Choose(required, policy);
        if (choice.IsRefused)
            return choice.Refusal;
        if (faucet is not null && await new BuyerFunds(faucet, report).EnsureAsync(key.Address, choice.Value, cancellationToken) is { } poor)
            return poor;
        var signed = await new KeyWallet(key, policy, parts.Random, parts.TimeProvider).PayAsync(required, uri, cancellationToken);
        if (signed.IsRefused)
            return signed;
        if (unfinished.TryAdd(request, UnfinishedPayment.Of(request, signed.Value)))
        {
            report.Signed(signed.Value, choice.Value, unfinished.FileOf(request));
            return signed;
        }

        report.Remark("Another command has stored a payment for this request meanwhile; that one is sent, and this one is dropped unsent.");
        return unfinished.Find(request)?.ToPayment() ?? new Refusal(ClientRefusals.Declined, "Another command paid for this request at this moment.");
    }
}
