using AgentMesh.Primitives;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.Client;

/// <summary>Who decides and signs: a key at hand, or an agent's wallet that books and stores a payment first.</summary>
public interface IPaymentWallet
{
    /// <summary>A payment for what is asked, or why there is none.</summary>
    /// <param name="required">The terms, a stranger's.</param>
    /// <param name="uri">What was requested.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<Result<SignedPayment>> PayAsync(PaymentRequired required, Uri uri, CancellationToken cancellationToken);
}
