using System.Security.Cryptography;
using AgentMesh.Agents.Wallets;
using AgentMesh.Evm;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Wire;

namespace AgentMesh.ActorHost.Wallets.Crossmint;

/// <summary>
/// An agent's wallet at Crossmint, as those who pay see it. It keeps no books: who uses it takes the hold before and stores the payment before it is sent.
/// </summary>
/// <param name="client">Signs.</param>
/// <param name="address">The wallet.</param>
/// <param name="policy">What may be signed.</param>
/// <param name="random">Makes nonces.</param>
/// <param name="time">Tells the time that signatures are valid from.</param>
internal sealed class CrossmintWallet(CrossmintClient client, EvmAddress address, PaymentPolicy policy, RandomNumberGenerator random, TimeProvider time) : IPaymentWallet
{
    /// <inheritdoc/>
    public async ValueTask<Result<SignedPayment>> PayAsync(PaymentRequired required, Uri uri, CancellationToken cancellationToken)
    {
        var choice = PaymentChooser.Choose(required, policy);
        if (choice.IsRefused)
            return choice.Refusal;
        var authorization = PaymentSigner.Authorize(required, choice.Value, address, random, time.GetUtcNow());
        try
        {
            return PaymentSigner.Complete(required, choice.Value, authorization, await client.SignAsync(address, authorization, choice.Value.Asset, cancellationToken));
        }
        catch (CrossmintFailedException fault)
        {
            return WalletRefusals.SigningFailed(fault.Message);
        }
    }
}
