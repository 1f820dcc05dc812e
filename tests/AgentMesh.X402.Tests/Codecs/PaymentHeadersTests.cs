using System.Text;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;
using CsCheck;

namespace AgentMesh.X402.Tests.Codecs;

public sealed class PaymentHeadersTests
{
    private static readonly string Paid2 = TestPayments.Sign(X402Version.V2).HeaderValue;
    private static readonly string Paid1 = TestPayments.Sign(X402Version.V1).HeaderValue;

    public static TheoryData<string> Malformed => new(
        "x", "%", "====", "!!!!", "e30", "e30=\n", " e30=", "e3 0=", "e30==", "e30=e30=", "bnVsbA==", "W10=", "ImEi", "Mg==", "e30=",
        ToBase64("{"), ToBase64("{\"x402Version\":2"), ToBase64("{}trailing"), ToBase64("[{}]"), ToBase64("{\"x402Version\":\"2\"}"), ToBase64("{\"x402Version\":2}"),
        ToBase64("{\"x402Version\":1}"), "/////w==", Paid2[..^1], Paid2[1..], Paid2 + Paid2, Paid2 + ",", $"{Paid2}, {Paid2}", "\"" + Paid2 + "\"");

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Malformed_IsRefused(string text)
    {
        Assert.Equal(X402Reasons.InvalidPayload, PaymentHeaders.ReadPayment(text, null).Refusal?.Code);
        Assert.Equal(X402Reasons.InvalidPayload, PaymentHeaders.ReadPayment(null, text).Refusal?.Code);
        Assert.Equal(X402Refusals.InvalidPaymentResponse, PaymentHeaders.ReadResponse(text).Refusal?.Code);
        Assert.Equal(X402Refusals.InvalidPaymentRequired, PaymentRequiredAnswer.Read(text, default).Refusal?.Code);
    }

    [Fact]
    public void UrlSafeAlphabet_IsRefused()
    {
        // The low six bits of a question mark are all set: the last letter of both alphabets.
        var text = ToBase64("""{"x402Version":1,"scheme":"exact","network":"base","payload":{"a":"???"}}""");
        Assert.False(PaymentHeaders.ReadPayment(null, text).IsRefused);
        Assert.Contains('/', text);
        Assert.True(PaymentHeaders.ReadPayment(null, text.Replace('/', '_')).IsRefused);
    }

    [Theory]
    [InlineData(" ", 0)]
    [InlineData(" ", 8)]
    [InlineData("\t", 8)]
    [InlineData("\r\n ", 8)]
    [InlineData("\n", -1)]
    public void WhiteSpace_IsRefused(string space, int at) =>
        Assert.Equal(X402Reasons.InvalidPayload, PaymentHeaders.ReadPayment(Paid2.Insert(at < 0 ? Paid2.Length : at, space), null).Refusal?.Code);

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("", "")]
    public void NoPayment_HasItsOwnCode(string? paymentSignature, string? xPayment) =>
        Assert.Equal(X402Reasons.PaymentRequired, PaymentHeaders.ReadPayment(paymentSignature, xPayment).Refusal?.Code);

    [Fact]
    public void OwnHeader_IsRead()
    {
        Assert.IsType<PaymentPayloadV2>(PaymentHeaders.ReadPayment(Paid2, null).Value);
        Assert.IsType<PaymentPayloadV1>(PaymentHeaders.ReadPayment("", Paid1).Value);
    }

    [Fact]
    public void OtherVersionsHeader_IsRecognized()
    {
        Assert.Equal(X402Reasons.InvalidX402Version, PaymentHeaders.ReadPayment(Paid1, null).Refusal?.Code);
        Assert.Equal(X402Reasons.InvalidX402Version, PaymentHeaders.ReadPayment(null, Paid2).Refusal?.Code);
        Assert.Equal(X402Reasons.InvalidX402Version, PaymentHeaders.ReadPayment(ToBase64("""{"x402Version":3}"""), null).Refusal?.Code);
    }

    [Fact]
    public void TwoPayments_AreRefused() => Assert.Equal(X402Reasons.InvalidPayload, PaymentHeaders.ReadPayment(Paid2, Paid1).Refusal?.Code);

    [Theory]
    [InlineData(0, true)]
    [InlineData(4, false)]
    public void Length_IsLimited(int more, bool read)
    {
        const string Frame = """{"x402Version":1,"scheme":"exact","network":"base","payload":{"a":"~"}}""";
        var bytes = X402Limits.MaxHeaderLength / 4 * 3;
        var text = ToBase64(Frame.Replace("~", new string('a', bytes - Frame.Length + 1 + more / 4 * 3), StringComparison.Ordinal));
        Assert.Equal(X402Limits.MaxHeaderLength + more, text.Length);
        Assert.Equal(read, !PaymentHeaders.ReadPayment(null, text).IsRefused);
    }

    [Fact]
    public void AnyText_IsReadOrRefused_AndNothingThrows() =>
        Gen.OneOf(Gen.String, Gen.String.Select(ToBase64), Gen.Byte.Array.Select(Convert.ToBase64String)).Sample(text =>
        {
            Assert.True(PaymentHeaders.ReadPayment(text, null).IsRefused);
            Assert.True(PaymentHeaders.ReadPayment(null, text).IsRefused);
            Assert.True(PaymentHeaders.ReadResponse(text).IsRefused);
            Assert.True(PaymentRequiredAnswer.Read(text, Encoding.UTF8.GetBytes(text)).IsRefused);
            Assert.True(FacilitatorJson.ReadVerifyRequest(Encoding.UTF8.GetBytes(text)).IsRefused);
        });

    /// <summary>Any one byte of the JSON changed: read or refused, and nothing throws.</summary>
    [Fact]
    public void AnyByteChanged_IsReadOrRefused_AndNothingThrows()
    {
        var json = Convert.FromBase64String(Paid2);
        Gen.Select(Gen.Int[0, json.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            var changed = json.ToArray();
            changed[at] = value;
            var read = PaymentHeaders.ReadPayment(Convert.ToBase64String(changed), null);
            if (!read.IsRefused)
                PaymentHeaders.Write(read.Value);
        });
    }

    [Fact]
    public void Names_GoWithTheVersion()
    {
        Assert.Equal("PAYMENT-RESPONSE", PaymentHeaders.ResponseNameOf(X402Version.V2));
        Assert.Equal("X-PAYMENT-RESPONSE", PaymentHeaders.ResponseNameOf(X402Version.V1));
    }

    private static string ToBase64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
