using System.Security.Cryptography;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Exact.Evm;

public sealed class ExactEvmPaymentTests
{
    /// <summary>The bytes that the documentation names, written out: fingerprints are stored, and compared with those of later versions.</summary>
    [Fact]
    public void Fingerprint_IsTheHashOfTheDocumentedBytes()
    {
        var payload = new PaymentPayloadV1("exact", "base-sepolia", TestPayments.Json(
            """
            {"signature":"0x0102030405","authorization":{"from":"0xB839FcC10e9B0c5A0d409F664B4E5c4e75cD3241","to":"0x1343558b1e48Ee16260e386DBEE4693902DB77c4",
            "value":"100000","validAfter":"1799999400","validBefore":"1800000060","nonce":"0xa1256c4d0764cf479b8ebeefb016ac88886712572859fa9821239b6afd8bf12f"}}
            """));
        const string Bytes = "0000000000000000000000000000000000000000000000000000000000014a34"
            + "036cbd53842c5426634e7929541ec2318f3dcf7e"
            + "b839fcc10e9b0c5a0d409f664b4e5c4e75cd3241"
            + "1343558b1e48ee16260e386dbee4693902db77c4"
            + "00000000000000000000000000000000000000000000000000000000000186a0"
            + "000000000000000000000000000000000000000000000000000000006b49cfa8"
            + "000000000000000000000000000000000000000000000000000000006b49d23c"
            + "a1256c4d0764cf479b8ebeefb016ac88886712572859fa9821239b6afd8bf12f"
            + "0102030405";
        var payment = ExactEvmPayment.Decode(payload, TestPayments.Requirements(X402Version.V1)).Value!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(Bytes))), payment.CalculateFingerprint());
    }

    /// <summary>Beyond the last second that a clock of .NET knows it is valid for ever.</summary>
    [Theory]
    [InlineData("0", 0L)]
    [InlineData("253402300798", 253_402_300_798L)]
    [InlineData("253402300799", null)]
    [InlineData("253402300800", null)]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639935", null)]
    public void ValidBefore_IsATime_OrForEver(string validBefore, long? seconds)
    {
        var payload = TestPayments.EditAuthorization(TestPayments.Sign(2).Payload, "validBefore", validBefore);
        Assert.Equal(
            seconds is { } known ? DateTimeOffset.FromUnixTimeSeconds(known) : DateTimeOffset.MaxValue, ExactEvmPayment.Decode(payload, TestPayments.Requirements(2)).Value!.ValidBefore);
    }

    [Fact]
    public void RequirementsWithoutATokensAddress_AreRefused() => Assert.Equal(
        new Primitives.Refusal(X402Reasons.InvalidPaymentRequirements, "asset is not an address."),
        ExactEvmPayment.Decode(TestPayments.Sign(2).Payload, (PaymentRequirementsV2)TestPayments.Requirements(2) with { Asset = "USDC" }).Refusal);
}
