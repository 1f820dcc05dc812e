using System.Security.Cryptography;
using System.Text;
using AgentMesh.Contracts.Payments;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.ProtocolExtensions;
using AgentMesh.X402.Wire;

namespace AgentMesh.Payments.Intents;

/// <summary>What a payer means by its identifier.</summary>
internal static class IntentReader
{
    /// <summary>
    /// The intent of a payment; null when it has no identifier. Bound to the seller and to the payer's account, which is an address on one chain: on
    /// another it may be somebody else's. Refused with <see cref="PaymentRefusals.InvalidPaymentIdentifier"/>.
    /// </summary>
    public static (PaymentIntent? Intent, Refusal? Refusal) Read(Purchase purchase, PaymentPayload payload, ExactEvmPayment payment)
    {
        var identifier = PaymentIdentifier.Read(payload);
        if (identifier.IsRefused)
            return (null, new Refusal(PaymentRefusals.InvalidPaymentIdentifier, identifier.Refusal.Detail));
        return identifier.Value.Length == 0
            ? (null, null)
            : (new PaymentIntent(
                Hash(payment.Network.ToString(), purchase.Seller, payment.Authorization.From.ToString(), identifier.Value),
                Hash(purchase.Resource.Url, purchase.BodyHash)), null);
    }

    // None of the parts has a line break: they are checked before.
    private static string Hash(params ReadOnlySpan<string> parts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
}
