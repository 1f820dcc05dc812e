using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;
using CsCheck;

namespace AgentMesh.X402.Tests.Exact.Evm;

public sealed class PaymentIdTests
{
    [Fact]
    public void Id_IsTheHashOfTheDocumentedBytes()
    {
        var from = EvmAddress.Parse("0xB839FcC10e9B0c5A0d409F664B4E5c4e75cD3241");
        var nonce = Bytes32.Parse("0xa1256c4d0764cf479b8ebeefb016ac88886712572859fa9821239b6afd8bf12f");
        var asset = KnownAssets.UsdcOnBaseSepolia;
        const string Bytes = "0000000000000000000000000000000000000000000000000000000000014a34"
            + "036cbd53842c5426634e7929541ec2318f3dcf7e"
            + "b839fcc10e9b0c5a0d409f664b4e5c4e75cd3241"
            + "a1256c4d0764cf479b8ebeefb016ac88886712572859fa9821239b6afd8bf12f";
        var id = PaymentId.Of(asset.Network, asset.Address, from, nonce).ToString();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(Bytes))), id);
        Assert.True(PaymentId.TryParse(id, out var parsed));
        Assert.Equal(id, parsed.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    [InlineData("abcdef0123456789abcdef0123456789abcdef0123456789abcdef012345678")]
    [InlineData("abcdef0123456789abcdef0123456789abcdef0123456789abcdef01234567890")]
    [InlineData("zbcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789")]
    [InlineData(null)]
    public void TryParse_TakesNothingElse(string? text) => Assert.False(PaymentId.TryParse(text, out _));

    [Theory]
    [MemberData(nameof(TestPayments.Versions), MemberType = typeof(TestPayments))]
    public void ReencodedAndRecased_IsTheSamePayment(int version)
    {
        var signed = TestPayments.Sign(version);
        var requirements = TestPayments.Requirements(version);
        var recased = TestPayments.Edit(signed.Payload, node =>
        {
            var authorization = node["authorization"]!.AsObject();
            foreach (var member in new[] { "from", "to", "nonce" })
                authorization[member] = "0x" + authorization[member]!.GetValue<string>()[2..].ToUpperInvariant();
            node["signature"] = "0x" + node["signature"]!.GetValue<string>()[2..].ToUpperInvariant();
            node["unknown"] = "member";
            // Another order of members.
            node["authorization"] = new JsonObject(authorization.Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        });
        var again = ExactEvmPayment.Decode(recased, requirements).Value!;
        Assert.NotEqual(signed.HeaderValue, PaymentHeaders.Write(recased));
        Assert.Equal(signed.Id, again.Id);
        Assert.Equal(signed.Payment.CalculateFingerprint(), again.CalculateFingerprint());
    }

    [Fact]
    public void BothVersions_OfOneAuthorization_AreOnePayment()
    {
        var signed = TestPayments.Sign(X402Version.V2);
        var v1 = new PaymentPayloadV1("exact", "base-sepolia", signed.Payload.Payload);
        var decoded = ExactEvmPayment.Decode(v1, TestPayments.Requirements(X402Version.V1)).Value!;
        Assert.Equal(signed.Id, decoded.Id);
        Assert.Equal(signed.Payment.CalculateFingerprint(), decoded.CalculateFingerprint());
    }

    [Fact]
    public void HighSTwin_IsTheSamePaymentAndNoReplay()
    {
        var signed = TestPayments.Sign(X402Version.V2);
        var twin = TestPayments.Edit(signed.Payload, node =>
        {
            var text = node["signature"]!.GetValue<string>();
            var n = System.Numerics.BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var s = n - System.Numerics.BigInteger.Parse("0" + text[66..130], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            node["signature"] = text[..66] + s.ToString("x64", CultureInfo.InvariantCulture)[^64..] + (text[130..] == "1b" ? "1c" : "1b");
        });
        var decoded = ExactEvmPayment.Decode(twin, TestPayments.Requirements(X402Version.V2)).Value!;
        Assert.Equal(signed.Id, decoded.Id);
        Assert.NotEqual(signed.Payment.CalculateFingerprint(), decoded.CalculateFingerprint());
    }

    [Theory]
    [InlineData("to", "0x0000000000000000000000000000000000000001")]
    [InlineData("value", "100001")]
    [InlineData("validAfter", "1")]
    [InlineData("validBefore", "1")]
    public void OtherTermsWithTheNonce_AreTheSamePaymentAndNoReplay(string member, string value)
    {
        var signed = TestPayments.Sign(X402Version.V2);
        var decoded = ExactEvmPayment.Decode(TestPayments.EditAuthorization(signed.Payload, member, value), TestPayments.Requirements(X402Version.V2)).Value!;
        Assert.Equal(signed.Id, decoded.Id);
        Assert.NotEqual(signed.Payment.CalculateFingerprint(), decoded.CalculateFingerprint());
    }

    [Fact]
    public void AnyOfTheFour_MakesAnotherPayment() =>
        Gen.Select(Gen.ULong, Gen.Byte.Array[20], Gen.Byte.Array[20], Gen.Byte.Array[32], Gen.Int[0, 3], Gen.Int[0, 19]).Sample((chain, asset, from, nonce, part, at) =>
        {
            var id = Of(chain, asset, from, nonce);
            switch (part)
            {
                case 0: chain++; break;
                case 1: asset[at]++; break;
                case 2: from[at]++; break;
                default: nonce[at]++; break;
            }

            Assert.NotEqual(id, Of(chain, asset, from, nonce));
        });

    [Fact]
    public void Text_SaysNothingOfThePayment()
    {
        var signed = TestPayments.Sign(X402Version.V2);
        Assert.Equal(signed.Id.ToString(), signed.ToString());
        Assert.Equal(signed.Id.ToString(), signed.Payment.ToString());
        Assert.Equal(nameof(PaymentPayloadV2), signed.Payload.ToString());
    }

    private static PaymentId Of(ulong chain, byte[] asset, byte[] from, byte[] nonce) =>
        PaymentId.Of(new EvmNetwork(chain), new EvmAddress(asset), new EvmAddress(from), new Bytes32(nonce));
}
