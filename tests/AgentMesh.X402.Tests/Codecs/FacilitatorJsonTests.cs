using System.Text;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Tests.Wire;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Codecs;

public sealed class FacilitatorJsonTests
{
    [Theory]
    [MemberData(nameof(TestPayments.Versions), MemberType = typeof(TestPayments))]
    public void Requests_AreReadAndWrittenTheSame(int version)
    {
        var bytes = FacilitatorJson.Write(new VerifyRequest(version, TestPayments.Sign(version).Payload, TestPayments.Requirements(version)));
        var verify = FacilitatorJson.ReadVerifyRequest(bytes).Value!;
        Assert.Equal(version, verify.X402Version);
        Assert.Equal(bytes, FacilitatorJson.Write(verify));
        Assert.Equal(bytes, FacilitatorJson.Write(FacilitatorJson.ReadSettleRequest(bytes).Value!));
    }

    [Fact]
    public void OuterVersion_MayBeMissing() => Assert.Null(Refused("x402Version", null));

    [Theory]
    [InlineData("x402Version", "1", X402Reasons.InvalidX402Version)]
    [InlineData("x402Version", "\"2\"", X402Reasons.InvalidX402Version)]
    [InlineData("paymentPayload", null, X402Reasons.InvalidPayload)]
    [InlineData("paymentPayload", "null", X402Reasons.InvalidPayload)]
    [InlineData("paymentPayload", "\"e30=\"", X402Reasons.InvalidPayload)]
    [InlineData("paymentPayload.x402Version", null, X402Reasons.InvalidPayload)]
    [InlineData("paymentPayload.x402Version", "3", X402Reasons.InvalidX402Version)]
    [InlineData("paymentPayload.accepted", null, X402Reasons.InvalidPayload)]
    [InlineData("paymentPayload.payload", "[]", X402Reasons.InvalidPayload)]
    [InlineData("paymentPayload.payload", "null", X402Reasons.InvalidPayload)]
    [InlineData("paymentRequirements", null, X402Reasons.InvalidPaymentRequirements)]
    [InlineData("paymentRequirements", "[]", X402Reasons.InvalidPaymentRequirements)]
    [InlineData("paymentRequirements.amount", null, X402Reasons.InvalidPaymentRequirements)]
    [InlineData("paymentRequirements.amount", "100000", X402Reasons.InvalidPaymentRequirements)]
    [InlineData("paymentRequirements.network", "\"base-sepolia\"", X402Reasons.InvalidPaymentRequirements)]
    public void WhatIsWrong_HasItsReason(string path, string? value, string code) => Assert.Equal(code, Refused(path, value));

    [Fact]
    public void VersionsThatDiffer_AreRefused()
    {
        var mixed = new VerifyRequest(2, TestPayments.Sign(2).Payload, TestPayments.Requirements(1));
        Assert.Equal(X402Reasons.InvalidX402Version, FacilitatorJson.ReadVerifyRequest(FacilitatorJson.Write(mixed)).Refusal?.Code);
    }

    [Fact]
    public void MemberThatIsThereTwice_IsRefused()
    {
        var json = Encoding.UTF8.GetString(FacilitatorJson.Write(new VerifyRequest(2, TestPayments.Sign(2).Payload, TestPayments.Requirements(2))));
        Assert.False(FacilitatorJson.ReadVerifyRequest(Encoding.UTF8.GetBytes(json)).IsRefused);
        Assert.True(FacilitatorJson.ReadVerifyRequest(Encoding.UTF8.GetBytes(json.Replace("{\"x402Version\":2,\"paymentPayload\"", "{\"x402Version\":2,\"paymentPayload\":{},\"paymentPayload\"", StringComparison.Ordinal))).IsRefused);
    }

    [Theory]
    [InlineData("""{"isValid":true}""", true)]
    [InlineData("""{"isValid":false,"invalidReason":"anything","payer":null,"later":1}""", true)]
    [InlineData("""{"isValid":"true"}""", false)]
    [InlineData("""{}""", false)]
    [InlineData("""<html>""", false)]
    [InlineData("", false)]
    public void VerifyResponse_IsReadOrUnknown(string json, bool read) => Assert.Equal(read, !FacilitatorJson.ReadVerifyResponse(Encoding.UTF8.GetBytes(json)).IsRefused);

    [Theory]
    [InlineData("""{"success":true,"transaction":"0x","network":"eip155:1"}""", true)]
    [InlineData("""{"success":false,"transaction":"","network":"base","errorReason":null,"amount":"0"}""", true)]
    [InlineData("""{"success":true,"network":"eip155:1"}""", false)]
    [InlineData("""{"success":true,"transaction":null,"network":"eip155:1"}""", false)]
    [InlineData("""{"success":1,"transaction":"","network":""}""", false)]
    public void SettleResponse_IsReadOrUnknown(string json, bool read) => Assert.Equal(read, !FacilitatorJson.ReadSettleResponse(Encoding.UTF8.GetBytes(json)).IsRefused);

    [Theory]
    [InlineData("""{"kinds":[]}""", true)]
    [InlineData("""{"kinds":[{"x402Version":1,"scheme":"exact","network":"base"}],"extensions":[],"signers":{"eip155:*":["0x1"]}}""", true)]
    [InlineData("""{"kinds":null}""", false)]
    [InlineData("""[]""", false)]
    public void Supported_IsReadOrUnknown(string json, bool read) => Assert.Equal(read, !FacilitatorJson.ReadSupported(Encoding.UTF8.GetBytes(json)).IsRefused);

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Size_IsLimited(int more, bool read)
    {
        var json = """{"isValid":true}""".PadRight(X402Limits.MaxBodyBytes + more);
        Assert.Equal(read, !FacilitatorJson.ReadVerifyResponse(Encoding.UTF8.GetBytes(json)).IsRefused);
    }

    private static string? Refused(string path, string? value)
    {
        var json = Encoding.UTF8.GetString(FacilitatorJson.Write(new VerifyRequest(2, TestPayments.Sign(2).Payload, TestPayments.Requirements(2))));
        var bytes = Encoding.UTF8.GetBytes(WireReadingTests.Change(json, path, value));
        Assert.Equal(FacilitatorJson.ReadVerifyRequest(bytes).Refusal, FacilitatorJson.ReadSettleRequest(bytes).Refusal);
        return FacilitatorJson.ReadVerifyRequest(bytes).Refusal?.Code;
    }
}
