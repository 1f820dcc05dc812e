using System.Security.Cryptography;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.Evm.Tokens;
using AgentMesh.Primitives;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm;

/// <summary>A payment as it was decoded: what is compared, claimed and settled. Whether it is good is another question.</summary>
public sealed class ExactEvmPayment
{
    internal ExactEvmPayment(EvmNetwork network, EvmAddress asset, TransferWithAuthorization authorization, ReadOnlyMemory<byte> signature)
    {
        Network = network;
        Asset = asset;
        Authorization = authorization;
        Signature = signature;
        Id = PaymentId.Of(network, asset, authorization.From, authorization.Nonce);
    }

    /// <summary>The chain.</summary>
    public EvmNetwork Network { get; }

    /// <summary>The token's contract.</summary>
    public EvmAddress Asset { get; }

    /// <summary>What was signed.</summary>
    public TransferWithAuthorization Authorization { get; }

    /// <summary>The signature's bytes as they came.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Which payment it is, however it is written.</summary>
    public PaymentId Id { get; }

    /// <summary>When nobody can execute it any more, <c>validBefore</c>.</summary>
    public DateTimeOffset ValidBefore => Authorization.ValidBefore.Value < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        ? DateTimeOffset.FromUnixTimeSeconds((long)Authorization.ValidBefore.Value)
        : DateTimeOffset.MaxValue;

    /// <summary>Whose signature the bytes can be.</summary>
    public SignatureKind SignatureKind =>
        Erc6492.IsWrapped(Signature.Span) ? SignatureKind.Undeployed : Signature.Length == EvmSignature.Length ? SignatureKind.Key : SignatureKind.Contract;

    /// <summary>
    /// Reads a payment for requirements of the server's own, which name the token (version 1 has no other). Refused with
    /// <see cref="X402Reasons.InvalidNetwork"/>, <see cref="X402Reasons.InvalidPayload"/>, <see cref="X402Reasons.UnsupportedPayloadType"/> or
    /// <see cref="X402Reasons.InvalidPaymentRequirements"/>.
    /// </summary>
    public static Result<ExactEvmPayment> Decode(PaymentPayload payload, PaymentRequirements requirements)
    {
        ArgumentNullException.ThrowIfNull(requirements);
        return EvmAddress.TryParse(requirements.Asset, out var asset)
            ? Decode(payload, asset)
            : new Refusal(X402Reasons.InvalidPaymentRequirements, "asset is not an address.");
    }

    /// <summary>Reads a payment in a token that the caller knows.</summary>
    internal static Result<ExactEvmPayment> Decode(PaymentPayload payload, EvmAddress asset)
    {
        ArgumentNullException.ThrowIfNull(payload);
        if (!EvmNetwork.TryParse(payload.PaidNetwork, payload.X402Version, out var network))
            return new Refusal(X402Reasons.InvalidNetwork, "The network of the payment is none that is known.");
        var read = ExactEvmPayload.Read(payload.Payload);
        return read.IsRefused ? read.Refusal : new ExactEvmPayment(network, asset, read.Value.Authorization, read.Value.Signature);
    }

    /// <summary>
    /// Tells a replay byte for byte from anything else that has the same <see cref="Id"/>: 64 lower case hex digits, the SHA-256 of the
    /// chain id (32 bytes), the token (20), from (20), to (20), value (32), validAfter (32), validBefore (32), the nonce (32) and the
    /// signature as it came (the rest).
    /// </summary>
    public string CalculateFingerprint()
    {
        const int Fixed = 5 * Bytes32.Length + 3 * EvmAddress.Length;
        var bytes = new byte[Fixed + Signature.Length];
        UInt256.FromUInt64(Network.ChainId).CopyTo(bytes);
        Asset.CopyTo(bytes.AsSpan(32));
        Authorization.From.CopyTo(bytes.AsSpan(52));
        Authorization.To.CopyTo(bytes.AsSpan(72));
        Authorization.Value.CopyTo(bytes.AsSpan(92));
        Authorization.ValidAfter.CopyTo(bytes.AsSpan(124));
        Authorization.ValidBefore.CopyTo(bytes.AsSpan(156));
        Authorization.Nonce.CopyTo(bytes.AsSpan(188));
        Signature.Span.CopyTo(bytes.AsSpan(Fixed));
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    /// <summary>The id, never the signature.</summary>
    public override string ToString() => Id.ToString();
}
