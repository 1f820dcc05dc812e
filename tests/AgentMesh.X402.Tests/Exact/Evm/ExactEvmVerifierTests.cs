using System.Numerics;
using AgentMesh.Evm;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Tests.Wire;
using AgentMesh.X402.Wire;
using CsCheck;

namespace AgentMesh.X402.Tests.Exact.Evm;

public sealed class ExactEvmVerifierTests
{
    [Theory]
    [MemberData(nameof(TestPayments.Versions), MemberType = typeof(TestPayments))]
    public void SignedPayment_IsValid(int version)
    {
        var signed = TestPayments.Sign(version);
        var found = ExactEvmVerifier.Verify(signed.Payload, TestPayments.Requirements(version), TestPayments.Now);
        Assert.Equal(new VerifyResponse(true, Payer: TestPayments.Buyer.Address.ToString()), found.Response);
        Assert.Equal(signed.Id, found.Payment!.Id);
    }

    [Theory]
    [InlineData("accepted.scheme", "\"upto\"", X402Reasons.UnsupportedScheme)]
    [InlineData("accepted.network", "\"eip155:8453\"", X402Reasons.InvalidNetwork)]
    [InlineData("accepted.network", "\"solana:x\"", X402Reasons.InvalidNetwork)]
    [InlineData("accepted.asset", "\"0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913\"", X402Reasons.InvalidPayload)]
    [InlineData("accepted.asset", "\"USDC\"", X402Reasons.InvalidPayload)]
    [InlineData("payload", "{}", X402Reasons.InvalidPayload)]
    [InlineData("payload", "{\"permit2Authorization\":{}}", X402Reasons.UnsupportedPayloadType)]
    [InlineData("payload.authorization", null, X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization", "\"x\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization", "[]", X402Reasons.InvalidPayload)]
    [InlineData("payload.signature", null, X402Reasons.InvalidPayload)]
    [InlineData("payload.signature", "7", X402Reasons.InvalidPayload)]
    [InlineData("payload.signature", "\"0x\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.signature", "\"0xzz\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.signature", "\"0x123\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.from", null, X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.from", "\"0x00\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.to", "\"0x00\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.to", "\"0x0000000000000000000000000000000000000001\"", X402Reasons.RecipientMismatch)]
    [InlineData("payload.authorization.value", "100000", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.value", "\"0100000\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.value", "\"0x186a0\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.value", "\"1e5\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.value", "\"-1\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.value", "\"115792089237316195423570985008687907853269984665640564039457584007913129639936\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.value", "\"115792089237316195423570985008687907853269984665640564039457584007913129639935\"", X402Reasons.AuthorizationValueMismatch)]
    [InlineData("payload.authorization.value", "\"99999\"", X402Reasons.AuthorizationValueMismatch)]
    [InlineData("payload.authorization.value", "\"100001\"", X402Reasons.AuthorizationValueMismatch)]
    [InlineData("payload.authorization.validAfter", "0", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.validAfter", "\"\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.validAfter", "\"1\"", X402Reasons.InvalidSignature)]
    [InlineData("payload.authorization.validBefore", "\"x\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.validBefore", "\"1800000061\"", X402Reasons.InvalidSignature)]
    [InlineData("payload.authorization.nonce", null, X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.nonce", "\"0x00\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.nonce", "\"7\"", X402Reasons.InvalidPayload)]
    [InlineData("payload.authorization.nonce", "\"0x0000000000000000000000000000000000000000000000000000000000000000\"", X402Reasons.InvalidSignature)]
    [InlineData("payload.authorization.from", "\"0x0000000000000000000000000000000000000001\"", X402Reasons.InvalidSignature)]
    public void WhatIsTampered_HasItsReason(string path, string? value, string reason) => Assert.Equal(reason, VerifyPayment(path, value));

    [Theory]
    [InlineData("scheme", "\"upto\"", X402Reasons.UnsupportedScheme)]
    [InlineData("network", "\"eip155:8453\"", X402Reasons.InvalidNetwork)]
    [InlineData("network", "\"eip155:x\"", X402Reasons.InvalidNetwork)]
    [InlineData("asset", "\"USDC\"", X402Reasons.InvalidPaymentRequirements)]
    [InlineData("asset", "\"0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913\"", X402Reasons.InvalidPayload)]
    [InlineData("extra", null, X402Reasons.MissingEip712Domain)]
    [InlineData("extra", "{}", X402Reasons.MissingEip712Domain)]
    [InlineData("extra.version", "2", X402Reasons.MissingEip712Domain)]
    [InlineData("extra.name", "\"\"", X402Reasons.MissingEip712Domain)]
    [InlineData("extra.name", "\"USD Coin\"", X402Reasons.TokenNameMismatch)]
    [InlineData("extra.version", "\"1\"", X402Reasons.TokenVersionMismatch)]
    [InlineData("extra.assetTransferMethod", "\"eip3009\"", null)]
    [InlineData("extra.assetTransferMethod", "\"permit2\"", X402Reasons.UnsupportedPayloadType)]
    [InlineData("extra.assetTransferMethod", "3009", X402Reasons.UnsupportedPayloadType)]
    [InlineData("payTo", "\"merchant\"", X402Reasons.InvalidPaymentRequirements)]
    [InlineData("payTo", "\"0x1343558b1e48ee16260e386dbee4693902db77c4\"", null)]
    [InlineData("amount", "\"ten\"", X402Reasons.InvalidPaymentRequirements)]
    [InlineData("amount", "\"100001\"", X402Reasons.AuthorizationValueMismatch)]
    public void RequirementsThatDiffer_HaveTheirReason(string path, string? value, string? reason)
    {
        var requirements = WireReadingTests.Change(TestPayments.Requirements(2), path, value, WireJson.Wire.PaymentRequirements);
        Assert.Equal(reason, ExactEvmVerifier.Verify(TestPayments.Sign(2).Payload, requirements, TestPayments.Now).Response.InvalidReason);
    }

    [Theory]
    [InlineData("99999")]
    [InlineData("100001")]
    public void AmountOfVersion1_HasItsOwnWord(string value)
    {
        var payload = TestPayments.EditAuthorization(TestPayments.Sign(1).Payload, "value", value);
        Assert.Equal(X402Reasons.AuthorizationValue, ExactEvmVerifier.Verify(payload, TestPayments.Requirements(1), TestPayments.Now).Response.InvalidReason);
    }

    [Fact]
    public void VersionsThatDiffer_AreRefused()
    {
        Assert.Equal(X402Reasons.InvalidX402Version, ExactEvmVerifier.Verify(TestPayments.Sign(1).Payload, TestPayments.Requirements(2), TestPayments.Now).Response.InvalidReason);
        Assert.Equal(X402Reasons.InvalidX402Version, ExactEvmVerifier.Verify(TestPayments.Sign(2).Payload, TestPayments.Requirements(1), TestPayments.Now).Response.InvalidReason);
    }

    /// <summary>The payment is valid from 1,799,999,400 or 0 until 1,800,000,060.</summary>
    [Theory]
    [InlineData(2, 0, null)]
    [InlineData(2, 54, null)]
    [InlineData(2, 55, X402Reasons.AuthorizationValidBefore)]
    [InlineData(2, 60, X402Reasons.AuthorizationValidBefore)]
    [InlineData(2, 1_000_000, X402Reasons.AuthorizationValidBefore)]
    [InlineData(2, -1_800_000_000, null)]
    [InlineData(2, -1_800_000_001, X402Reasons.AuthorizationValidAfter)]
    [InlineData(1, 54, null)]
    [InlineData(1, 55, X402Reasons.AuthorizationValidBefore)]
    [InlineData(1, -599, null)]
    [InlineData(1, -600, null)]
    [InlineData(1, -601, X402Reasons.AuthorizationValidAfter)]
    public void Time_HasItsSlack(int version, long seconds, string? reason)
    {
        var found = ExactEvmVerifier.Verify(TestPayments.Sign(version).Payload, TestPayments.Requirements(version), TestPayments.Now.AddSeconds(seconds));
        Assert.Equal(reason, found.Response.InvalidReason);
    }

    [Fact]
    public void SignatureForAnotherChainOrToken_IsRefused()
    {
        // Everything about the payment says Base Sepolia, but what was signed.
        foreach (var asset in KnownAssets.All.Skip(1).Append(new TokenAsset(EvmNetwork.BaseSepolia, KnownAssets.UsdcOnBaseSepolia.Address, "USDC", "USD Coin", "2", 6)))
        {
            var terms = TestPayments.Terms(2);
            var choice = PaymentChooser.Choose(terms, TestPayments.Policy).Value! with { Asset = asset };
            var signed = PaymentSigner.Sign(terms, choice, TestPayments.Buyer, System.Security.Cryptography.RandomNumberGenerator.Create(), TestPayments.Now).Value!;
            Assert.Equal(X402Reasons.InvalidSignature, ExactEvmVerifier.Verify(signed.Payload, TestPayments.Requirements(2), TestPayments.Now).Response.InvalidReason);
        }
    }

    /// <summary>Libraries that recover take 0 and 1 for 27 and 28; the token reverts.</summary>
    [Theory]
    [MemberData(nameof(TestPayments.Versions), MemberType = typeof(TestPayments))]
    public void VOfZeroOrOne_IsRefused(int version)
    {
        var signed = TestPayments.Sign(version);
        var payload = TestPayments.Edit(signed.Payload, node =>
        {
            var signature = signed.Payment.Signature.ToArray();
            signature[^1] -= 27;
            node["signature"] = Hex.Encode(signature);
        });
        Assert.Equal(X402Reasons.InvalidSignature, ExactEvmVerifier.Verify(payload, TestPayments.Requirements(version), TestPayments.Now).Response.InvalidReason);
    }

    [Fact]
    public void CheapReasons_ComeBeforeDearOnes()
    {
        var payload = TestPayments.Sign(2).Payload;
        // From the last to the first, each hides those that were found before.
        (string Path, string Value, string Reason)[] faults =
        [
            ("payload.authorization.nonce", "\"0x" + new string('0', 64) + "\"", X402Reasons.InvalidSignature),
            ("payload.authorization.validAfter", "\"1800000001\"", X402Reasons.AuthorizationValidAfter),
            ("payload.authorization.validBefore", "\"1800000005\"", X402Reasons.AuthorizationValidBefore),
            ("payload.authorization.value", "\"1\"", X402Reasons.AuthorizationValueMismatch),
            ("payload.authorization.to", "\"0x0000000000000000000000000000000000000001\"", X402Reasons.RecipientMismatch),
            ("accepted.asset", "\"0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913\"", X402Reasons.InvalidPayload),
            ("payload.authorization.from", "\"\"", X402Reasons.InvalidPayload),
            ("accepted.network", "\"eip155:1\"", X402Reasons.InvalidNetwork),
            ("accepted.scheme", "\"upto\"", X402Reasons.UnsupportedScheme),
        ];
        var json = System.Text.Json.JsonSerializer.Serialize(payload, WireJson.Wire.PaymentPayload);
        foreach (var fault in faults)
        {
            json = WireReadingTests.Change(json, fault.Path, fault.Value);
            Assert.Equal(fault.Reason, Verify(json));
        }
    }

    [Fact]
    public void Payer_IsToldAsSoonAsItIsKnown()
    {
        var signed = TestPayments.Sign(2).Payload;
        var known = ExactEvmVerifier.Verify(TestPayments.EditAuthorization(signed, "value", "1"), TestPayments.Requirements(2), TestPayments.Now);
        Assert.Equal(TestPayments.Buyer.Address.ToString(), known.Response.Payer);
        Assert.NotNull(known.Payment);
        var unknown = ExactEvmVerifier.Verify(TestPayments.EditAuthorization(signed, "from", "x"), TestPayments.Requirements(2), TestPayments.Now);
        Assert.Null(unknown.Response.Payer);
        Assert.Null(unknown.Payment);
    }

    /// <summary>Whatever is asked for and signed is valid; whatever is asked for and not signed is not.</summary>
    [Fact]
    public void AnyAmount_IsPaidExactlyOrNotAtAll() =>
        Gen.Select(Gen.Byte.Array[1, 32], Gen.Int[1, 2], Gen.Int[0, 64], Gen.Byte[1, 255]).Sample(
            (bytes, version, at, flip) =>
            {
                var amount = new UInt256(new BigInteger(bytes, isUnsigned: true) | BigInteger.One);
                var option = new X402.Exact.Evm.ResourceServer.PaymentOption(KnownAssets.UsdcOnBaseSepolia, amount, TestPayments.Seller);
                var offer = TestPayments.OfferOf(option);
                PaymentRequired terms = version == 2 ? offer.ToPaymentRequiredV2("e") : offer.ToPaymentRequiredV1("e")!;
                var signed = TestPayments.Sign(version, terms, new PaymentPolicy { Caps = [new SpendingCap(option.Asset, UInt256.MaxValue)] });
                Assert.True(ExactEvmVerifier.Verify(signed.Payload, terms.Options[0], TestPayments.Now).Response.IsValid);
                var tampered = TestPayments.Edit(signed.Payload, node =>
                {
                    var signature = signed.Payment.Signature.ToArray();
                    signature[at] ^= flip;
                    node["signature"] = Hex.Encode(signature);
                });
                Assert.Equal(X402Reasons.InvalidSignature, ExactEvmVerifier.Verify(tampered, terms.Options[0], TestPayments.Now).Response.InvalidReason);
            },
            iter: 200);

    private static string? VerifyPayment(string path, string? value) =>
        Verify(WireReadingTests.Change(System.Text.Json.JsonSerializer.Serialize(TestPayments.Sign(2).Payload, WireJson.Wire.PaymentPayload), path, value));

    private static string? Verify(string json) =>
        ExactEvmVerifier.Verify(System.Text.Json.JsonSerializer.Deserialize(json, WireJson.Wire.PaymentPayload)!, TestPayments.Requirements(2), TestPayments.Now).Response.InvalidReason;
}
