using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Evm.Tokens;
using AgentMesh.Primitives;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm;

/// <summary><c>payload</c> of the scheme, by EIP-3009: the authorization and the bytes of its signature.</summary>
internal sealed record ExactEvmPayload(TransferWithAuthorization Authorization, byte[] Signature)
{
    public static Result<ExactEvmPayload> Read(JsonElement payload)
    {
        if (payload.ValueKind != JsonValueKind.Object)
            return Malformed("payload is not an object.");
        if (!payload.TryGetProperty("authorization", out var authorization))
        {
            // Permit2 and ERC-7710 have other members.
            return payload.TryGetProperty("permit2Authorization", out _) || payload.TryGetProperty("delegationManager", out _)
                ? new Refusal(X402Reasons.UnsupportedPayloadType, "Only authorizations of EIP-3009 are taken.")
                : Malformed("authorization is missing.");
        }

        if (!Hex.TryDecode(WireText.TextOf(payload, "signature"), out var signature) || signature.Length is 0 or > X402Limits.MaxSignatureBytes)
            return Malformed("signature is not bytes in hex.");
        if (!EvmAddress.TryParse(WireText.TextOf(authorization, "from"), out var from))
            return Malformed("authorization.from is not an address.");
        if (!EvmAddress.TryParse(WireText.TextOf(authorization, "to"), out var to))
            return Malformed("authorization.to is not an address.");
        if (!UInt256.TryParse(WireText.TextOf(authorization, "value"), out var value))
            return Malformed("authorization.value is not a uint256 in decimal digits.");
        if (!UInt256.TryParse(WireText.TextOf(authorization, "validAfter"), out var validAfter))
            return Malformed("authorization.validAfter is not a uint256 in decimal digits.");
        if (!UInt256.TryParse(WireText.TextOf(authorization, "validBefore"), out var validBefore))
            return Malformed("authorization.validBefore is not a uint256 in decimal digits.");
        return Bytes32.TryParse(WireText.TextOf(authorization, "nonce"), out var nonce)
            ? new ExactEvmPayload(new TransferWithAuthorization(from, to, value, validAfter, validBefore, nonce), signature)
            : Malformed("authorization.nonce is not 32 bytes in hex.");
    }

    public static JsonElement Write(TransferWithAuthorization authorization, string signature) => JsonSerializer.SerializeToElement(
        new ExactEvmPayloadJson(signature, new AuthorizationJson(
            authorization.From.ToString(), authorization.To.ToString(), authorization.Value.ToString(),
            authorization.ValidAfter.ToString(), authorization.ValidBefore.ToString(), authorization.Nonce.ToString())),
        WireJson.Wire.ExactEvmPayloadJson);

    private static Refusal Malformed(string detail) => new(X402Reasons.InvalidPayload, detail);
}
