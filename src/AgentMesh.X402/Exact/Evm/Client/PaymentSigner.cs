using System.Security.Cryptography;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.Evm.Tokens;
using AgentMesh.Primitives;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.Client;

/// <summary>Signs a payment of the version that was asked in.</summary>
public static class PaymentSigner
{
    /// <summary>Seconds before now from which on version 1's signatures are valid, as the official client has it, for clocks that go wrong.</summary>
    public const int ValidAfterSlackSeconds = 600;

    /// <summary>
    /// Signs for what was chosen, with a new nonce of 32 random bytes. The extensions go back as they came unless others are given.
    /// Refused with <see cref="ClientRefusals.TooLarge"/> when the header would be too long.
    /// </summary>
    public static Result<SignedPayment> Sign(
        PaymentRequired required, PaymentChoice choice, EvmKey key, RandomNumberGenerator random, DateTimeOffset now, JsonElement? extensions = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        var authorization = Authorize(required, choice, key.Address, random, now);
        var signature = new byte[EvmSignature.Length];
        key.Sign(authorization.CalculateDigest(choice.Asset.Domain)).CopyTo(signature);
        return Complete(required, choice, authorization, signature, extensions);
    }

    /// <summary>What is to be signed for what was chosen, with a new nonce of 32 random bytes: for keys that are elsewhere.</summary>
    public static TransferWithAuthorization Authorize(
        PaymentRequired required, PaymentChoice choice, EvmAddress from, RandomNumberGenerator random, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(required);
        ArgumentNullException.ThrowIfNull(choice);
        ArgumentNullException.ThrowIfNull(random);
        return Authorize(required.X402Version, choice, from, random, now);
    }

    /// <summary>The payment of an authorization that was signed. Refused as <see cref="Sign"/>.</summary>
    /// <param name="required">The terms.</param>
    /// <param name="choice">The way to pay.</param>
    /// <param name="authorization">Of <see cref="Authorize(PaymentRequired, PaymentChoice, EvmAddress, RandomNumberGenerator, DateTimeOffset)"/> for them.</param>
    /// <param name="signature">Its signature: 65 bytes of a key, or what a contract takes (ERC-1271, ERC-6492).</param>
    /// <param name="extensions">In place of those of the terms.</param>
    public static Result<SignedPayment> Complete(
        PaymentRequired required, PaymentChoice choice, TransferWithAuthorization authorization, ReadOnlyMemory<byte> signature, JsonElement? extensions = null)
    {
        ArgumentNullException.ThrowIfNull(required);
        ArgumentNullException.ThrowIfNull(choice);
        ArgumentNullException.ThrowIfNull(authorization);
        var payload = ToPayload(required, choice, ExactEvmPayload.Write(authorization, Hex.Encode(signature.Span)), extensions);
        var signed = new SignedPayment(payload, new ExactEvmPayment(choice.Asset.Network, choice.Asset.Address, authorization, signature));
        return signed.HeaderValue.Length <= X402Limits.MaxHeaderLength
            ? signed
            : ClientRefusals.Of(ClientRefusals.TooLarge, $"With the seller's extensions the payment takes more than {X402Limits.MaxHeaderLength} characters.");
    }

    private static TransferWithAuthorization Authorize(int x402Version, PaymentChoice choice, EvmAddress from, RandomNumberGenerator random, DateTimeOffset now)
    {
        Span<byte> nonce = stackalloc byte[Bytes32.Length];
        random.GetBytes(nonce);
        var seconds = (ulong)now.ToUnixTimeSeconds();
        // The official clients of the two versions differ in validAfter; what they do is what every server has seen.
        return new TransferWithAuthorization(
            from, choice.PayTo, choice.AmountAtomic,
            x402Version == X402Version.V2 ? 0 : seconds - ValidAfterSlackSeconds,
            seconds + (ulong)choice.ValiditySeconds,
            new Bytes32(nonce));
    }

    private static PaymentPayload ToPayload(PaymentRequired required, PaymentChoice choice, JsonElement payload, JsonElement? extensions) =>
        (required, choice.Requirements) switch
        {
            (PaymentRequiredV2 v2, PaymentRequirementsV2 accepted) => new PaymentPayloadV2(payload, accepted, v2.Resource, extensions ?? v2.Extensions),
            (PaymentRequiredV1, PaymentRequirementsV1 v1) => new PaymentPayloadV1(v1.Scheme, v1.Network, payload),
            _ => throw new ArgumentException("The choice is not one of these ways to pay.", nameof(choice)),
        };
}
