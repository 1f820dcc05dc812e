using AgentMesh.Evm;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm.Client;

namespace AgentMesh.Cli.Buying;

/// <summary>
/// A payment that was signed, and the request that it is for, as they are stored before they are sent. Whoever reads it can execute the payment.
/// Never changed: the bytes are sent again as they are.
/// </summary>
/// <param name="V">The version of this record.</param>
/// <param name="PaymentId">Which payment.</param>
/// <param name="Method">Of the request.</param>
/// <param name="Url">Of the request.</param>
/// <param name="HeaderName">The header that the payment goes into.</param>
/// <param name="HeaderValue">The header's text, byte for byte.</param>
/// <param name="Asset">The token, which a payment of version 1 does not say.</param>
/// <param name="Body">Of the request; null: none.</param>
internal sealed record UnfinishedPayment(
    int V, string PaymentId, string Method, string Url, string HeaderName, string HeaderValue, string Asset, byte[]? Body = null)
{
    /// <summary>Makes the record of a payment.</summary>
    public static UnfinishedPayment Of(PayRequest request, SignedPayment payment) => new(
        1, payment.Id.ToString(), request.Method, request.Url.AbsoluteUri, payment.HeaderName, payment.HeaderValue, payment.Payment.Asset.ToString(), request.Body);

    /// <summary>The request.</summary>
    public PayRequest ToRequest() => new(Method, new Uri(Url), Body);

    /// <summary>The payment, with the bytes that it had.</summary>
    public Result<SignedPayment> ToPayment() => SignedPayment.Restore(HeaderName, HeaderValue, EvmAddress.Parse(Asset));

    /// <summary>The id, never the payment.</summary>
    public override string ToString() => PaymentId;
}
