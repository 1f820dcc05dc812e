using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.Primitives;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.Facilitator;

/// <summary>
/// Whether a payment is good: scheme, network, version, the payload's shape, asset and domain, payee, amount, time, signature, and with a
/// chain the account's own word on the signature, the nonce and the balance. The steps are those of specification 6.1.2 and of the
/// official facilitators; the dear ones come last, so that what is wrong in a cheap way costs nothing.
/// </summary>
public static class ExactEvmVerifier
{
    /// <summary>
    /// Seconds that have to be left until <c>validBefore</c>: three blocks of two seconds, in which a transaction gets into one. The figure
    /// of the official facilitators of both versions.
    /// </summary>
    public const int SettlementSeconds = 6;

    /// <summary>
    /// Looks at all that can be seen without a chain, and asks nobody. Signatures of contracts are refused as
    /// <see cref="X402Reasons.UnsupportedPayloadType"/>, those of accounts that may not be deployed as
    /// <see cref="X402Reasons.UndeployedSmartWallet"/>: only a chain can judge them.
    /// </summary>
    public static ExactEvmVerification Verify(PaymentPayload payload, PaymentRequirements requirements, DateTimeOffset now)
    {
        var (payment, digest, refusal) = CheckTerms(payload, requirements, now);
        return Answer(payment, digest, refusal ?? (payment!.SignatureKind switch
        {
            SignatureKind.Key => CheckKey(payment, digest!.Value),
            SignatureKind.Contract => new Refusal(X402Reasons.UnsupportedPayloadType, "The signature is a contract's (ERC-1271), which only its chain can check."),
            _ => new Refusal(X402Reasons.UndeployedSmartWallet, "The signature is of an account that may not be deployed (ERC-6492), which only its chain can check."),
        }));
    }

    /// <summary>Looks at all that <see cref="Verify"/> does, and asks the chain for the rest.</summary>
    public static async Task<ExactEvmVerification> VerifyAsync(
        PaymentPayload payload, PaymentRequirements requirements, DateTimeOffset now, IExactEvmChain chain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var (payment, digest, refusal) = CheckTerms(payload, requirements, now);
        if (refusal is not null)
            return Answer(payment, digest, refusal);
        if (payment!.Network != chain.Network)
            return Answer(payment, digest, new Refusal(X402Reasons.InvalidNetwork, "The network is not served."));
        refusal = await CheckSignatureAsync(payment, digest!.Value, chain, cancellationToken).ConfigureAwait(false)
            ?? await CheckStateAsync(payment, chain, cancellationToken).ConfigureAwait(false);
        return Answer(payment, digest, refusal);
    }

    private static (ExactEvmPayment? Payment, Bytes32? Digest, Refusal? Refusal) CheckTerms(PaymentPayload payload, PaymentRequirements requirements, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(payload);
        ArgumentNullException.ThrowIfNull(requirements);
        var decoded = ExactEvmTerms.Decode(payload, requirements);
        if (decoded.IsRefused)
            return (null, null, decoded.Refusal);
        var payment = decoded.Value;
        var domain = ExactEvmTerms.ReadDomain(payload, requirements, payment);
        if (domain.IsRefused)
            return (payment, null, domain.Refusal);
        // Before the terms are judged: one that has expired may be one that was settled.
        return (payment, payment.Authorization.CalculateDigest(domain.Value), ExactEvmTerms.Check(requirements, payment, now));
    }

    private static Refusal? CheckKey(ExactEvmPayment payment, Bytes32 digest)
    {
        var signature = EvmSignature.Read(payment.Signature.Span);
        if (signature.IsRefused)
            return new Refusal(X402Reasons.InvalidSignature, signature.Refusal.Detail);
        // Recovery takes 0 and 1 as well, tokens do not, and the payment is sent on as it came.
        if (payment.Signature.Span[^1] != signature.Value.V)
            return new Refusal(X402Reasons.InvalidSignature, "v is neither 27 nor 28.");
        var signer = EcRecover.RecoverAddress(digest, signature.Value);
        return signer.IsRefused || signer.Value != payment.Authorization.From
            ? new Refusal(X402Reasons.InvalidSignature, "authorization.from did not sign this for this token on this network.")
            : null;
    }

    private static async Task<Refusal?> CheckSignatureAsync(ExactEvmPayment payment, Bytes32 digest, IExactEvmChain chain, CancellationToken cancellationToken)
    {
        var from = payment.Authorization.From;
        if (!await chain.HasCodeAsync(from, cancellationToken).ConfigureAwait(false))
        {
            return payment.SignatureKind switch
            {
                SignatureKind.Key => CheckKey(payment, digest),
                SignatureKind.Contract => new Refusal(X402Reasons.InvalidSignature, "The signature is not 65 bytes, and authorization.from is not a contract."),
                _ => new Refusal(X402Reasons.FactoryNotAllowed, "The account is not deployed, and no factory is called for a stranger."),
            };
        }

        var signature = payment.Signature;
        if (payment.SignatureKind == SignatureKind.Undeployed)
        {
            if (!Erc6492.TryRead(signature.Span, out var wrapped))
                return new Refusal(X402Reasons.InvalidSignature, "The signature ends as one of ERC-6492 and is none.");
            signature = wrapped.Signature;
        }

        return await chain.IsValidSignatureAsync(from, digest, signature, cancellationToken).ConfigureAwait(false)
            ? null
            : new Refusal(X402Reasons.InvalidSignature, "The account says that the signature is not its own.");
    }

    private static async Task<Refusal?> CheckStateAsync(ExactEvmPayment payment, IExactEvmChain chain, CancellationToken cancellationToken)
    {
        var authorization = payment.Authorization;
        // The nonce first: who has paid may have nothing left, and is to hear that the payment was used.
        if (await chain.IsAuthorizationUsedAsync(payment.Asset, authorization.From, authorization.Nonce, cancellationToken).ConfigureAwait(false))
            return new Refusal(X402Reasons.NonceAlreadyUsed, "The nonce is used or canceled.");
        var balance = await chain.GetBalanceAsync(payment.Asset, authorization.From, cancellationToken).ConfigureAwait(false);
        return balance.Value < authorization.Value.Value
            ? new Refusal(X402Reasons.InsufficientFunds, "authorization.from has less than authorization.value.")
            : null;
    }

    private static ExactEvmVerification Answer(ExactEvmPayment? payment, Bytes32? digest, Refusal? refusal) =>
        new(new VerifyResponse(refusal is null, refusal?.Code, refusal?.Detail, payment?.Authorization.From.ToString()), payment, digest);
}
