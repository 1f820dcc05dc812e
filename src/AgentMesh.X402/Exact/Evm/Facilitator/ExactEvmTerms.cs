using AgentMesh.Evm;
using AgentMesh.Evm.Eip712;
using AgentMesh.Primitives;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.Facilitator;

/// <summary>Everything about a payment that needs neither its signature nor a chain, the cheapest first.</summary>
internal static class ExactEvmTerms
{
    /// <summary>What is paid and how: scheme, network, version, the payload's shape (the nonce's form in it).</summary>
    public static Result<ExactEvmPayment> Decode(PaymentPayload payload, PaymentRequirements requirements)
    {
        if (payload.PaidScheme != ExactEvm.Scheme || requirements.Scheme != ExactEvm.Scheme)
            return new Refusal(X402Reasons.UnsupportedScheme, "The scheme is not exact.");
        if (!EvmNetwork.TryParse(payload.PaidNetwork, payload.X402Version, out var paid) || !ExactEvm.TryParseNetwork(requirements, out var asked))
            return new Refusal(X402Reasons.InvalidNetwork, "The network is none that is known.");
        if (paid != asked)
            return new Refusal(X402Reasons.InvalidNetwork, "The payment is for another network.");
        if (payload.X402Version != requirements.X402Version)
            return new Refusal(X402Reasons.InvalidX402Version, "The payment and the requirements are of different versions.");
        return ExactEvm.IsByEip3009(requirements)
            ? ExactEvmPayment.Decode(payload, requirements)
            : new Refusal(X402Reasons.UnsupportedPayloadType, "Only transfers by EIP-3009 are taken.");
    }

    /// <summary>What the token's signatures are bound to. The requirements have to name it, and rightly where it is known.</summary>
    public static Result<TypedDataDomain> ReadDomain(PaymentPayload payload, PaymentRequirements requirements, ExactEvmPayment payment)
    {
        if (payload is PaymentPayloadV2 v2 && (!EvmAddress.TryParse(v2.Accepted.Asset, out var accepted) || accepted != payment.Asset))
            return new Refusal(X402Reasons.InvalidPayload, "accepted.asset is not the asset that was asked for.");
        var name = ExactEvm.ExtraText(requirements, ExactEvm.NameMember);
        var version = ExactEvm.ExtraText(requirements, ExactEvm.VersionMember);
        if (string.IsNullOrEmpty(name) || string.IsNullOrEmpty(version))
            return new Refusal(X402Reasons.MissingEip712Domain, "extra.name and extra.version are the domain of the token.");
        if (KnownAssets.Find(payment.Network, payment.Asset) is not { } known)
            return TokenAsset.CreateDomain(payment.Network, payment.Asset, name, version);
        if (name != known.Name)
            return new Refusal(X402Reasons.TokenNameMismatch, "extra.name is not the name of the token's domain.");
        return version == known.Version ? known.Domain : new Refusal(X402Reasons.TokenVersionMismatch, "extra.version is not the version of the token's domain.");
    }

    /// <summary>To whom, how much, and when; null when all of it is as asked for.</summary>
    public static Refusal? Check(PaymentRequirements requirements, ExactEvmPayment payment, DateTimeOffset now)
    {
        if (!EvmAddress.TryParse(requirements.PayTo, out var payTo) || !UInt256.TryParse(requirements.AmountAtomic, out var amount))
            return new Refusal(X402Reasons.InvalidPaymentRequirements, "payTo is not an address, or the amount not a uint256 in decimal digits.");
        var authorization = payment.Authorization;
        if (authorization.To != payTo)
            return new Refusal(X402Reasons.RecipientMismatch, "authorization.to is not payTo.");
        // Not more either: specification 6.1.2 of version 2. Version 1 has "meets or exceeds", and its official clients sign the exact amount.
        if (authorization.Value != amount)
        {
            return requirements.X402Version == X402Version.V2
                ? new Refusal(X402Reasons.AuthorizationValueMismatch, "authorization.value is not the amount.")
                : new Refusal(X402Reasons.AuthorizationValue, "authorization.value is not maxAmountRequired.");
        }

        var seconds = now.ToUnixTimeSeconds();
        if (authorization.ValidBefore.Value < seconds + ExactEvmVerifier.SettlementSeconds)
            return new Refusal(X402Reasons.AuthorizationValidBefore, "authorization.validBefore has passed, or will before the payment is settled.");
        return authorization.ValidAfter.Value > seconds
            ? new Refusal(X402Reasons.AuthorizationValidAfter, "authorization.validAfter has not passed.")
            : null;
    }
}
