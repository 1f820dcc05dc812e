using System.Text;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Mcp;
using AgentMesh.X402.ProtocolExtensions;
using AgentMesh.X402.Tests.Wire;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Codecs;

/// <summary>What is told of text that cannot be read: it is all that whoever wrote the other side sees of it.</summary>
public sealed class CodecSentencesTests
{
    private static readonly string Paid2 = TestPayments.Sign(X402Version.V2).HeaderValue;
    private static readonly string Paid1 = TestPayments.Sign(X402Version.V1).HeaderValue;

    [Fact]
    public void Headers_AreToldByName()
    {
        Assert.Equal(new Refusal(X402Reasons.PaymentRequired, "Payment is required."), PaymentHeaders.ReadPayment(null, null).Refusal);
        Assert.Equal("PAYMENT-SIGNATURE and X-PAYMENT are both there: which one is to be settled?", SentenceOf(Paid2, Paid1));
        Assert.Equal("PAYMENT-SIGNATURE is not JSON in padded base64, or too long.", SentenceOf("!", null));
        Assert.Equal("X-PAYMENT is not JSON in padded base64, or too long.", SentenceOf(null, "!"));
        Assert.Equal("A payment of version 1 does not belong into PAYMENT-SIGNATURE.", SentenceOf(Paid1, null));
        Assert.Equal("A payment of version 2 does not belong into X-PAYMENT.", SentenceOf(null, Paid2));
    }

    [Theory]
    [InlineData("[]", "The payment is not a JSON object.")]
    [InlineData("{}", "The payment has no x402Version.")]
    [InlineData("""{"x402Version":3}""", "x402Version is neither 1 nor 2.")]
    [InlineData("""{"x402Version":2}""", "A member of the payment is missing or not of its type.")]
    public void Payment_IsToldWhatIsMissing(string json, string sentence) => Assert.Equal(sentence, SentenceOf(Convert.ToBase64String(Encoding.UTF8.GetBytes(json)), null));

    [Theory]
    [InlineData("paymentPayload", null, X402Reasons.InvalidPayload, "The request is not a JSON object with paymentPayload and paymentRequirements.")]
    [InlineData("paymentRequirements", null, X402Reasons.InvalidPaymentRequirements, "A member of the requirements is missing or not of its type.")]
    [InlineData("x402Version", "1", X402Reasons.InvalidX402Version, "The request, the payment and the requirements are not of one version.")]
    public void Request_IsToldWhatIsMissing(string path, string? value, string code, string sentence)
    {
        var json = Encoding.UTF8.GetString(FacilitatorJson.Write(new VerifyRequest(2, TestPayments.Sign(2).Payload, TestPayments.Requirements(2))));
        Assert.Equal(new Refusal(code, sentence), FacilitatorJson.ReadVerifyRequest(Encoding.UTF8.GetBytes(WireReadingTests.Change(json, path, value))).Refusal);
    }

    [Fact]
    public void AnswersThatCannotBeRead_AreTold()
    {
        var required = new Refusal(X402Refusals.InvalidPaymentRequired, "The answer does not say how to pay.");
        Assert.Equal(required, PaymentRequiredAnswer.Read("!", default).Refusal);
        Assert.Equal(required, McpPaymentRequired.Read(TestPayments.Json("{}")).Refusal);
        var response = new Refusal(X402Refusals.InvalidPaymentResponse, "The answer about the payment cannot be read.");
        Assert.Equal(response, PaymentHeaders.ReadResponse("!").Refusal);
        Assert.Equal(response, FacilitatorJson.ReadSettleResponse(default).Refusal);
        Assert.Equal(response, McpPayments.ReadReceipt(null).Refusal);
    }

    [Fact]
    public void Extensions_AreToldWhatIsWrongWithThem()
    {
        var payload = (PaymentPayloadV2)TestPayments.Sign(2).Payload with { Extensions = TestPayments.Json("""{"payment-identifier":{"info":{"required":false,"id":"short"}}}""") };
        Assert.Equal(new Refusal(X402Reasons.InvalidPayload, "A payment identifier is 16 to 128 of A-Z, a-z, 0-9, '_' and '-'."), PaymentIdentifier.Read(payload).Refusal);
        Assert.Equal(new Refusal(X402Reasons.ExtensionEchoMismatch, "The info of an extension came back changed."), ExtensionEcho.Check(PaymentIdentifier.Offer(required: true), payload));
        var wrong = Assert.Throws<ArgumentException>(() => PaymentIdentifier.AddTo(PaymentIdentifier.Offer(required: true), "short"));
        Assert.Equal("A payment identifier is 16 to 128 of A-Z, a-z, 0-9, '_' and '-'. (Parameter 'id')", wrong.Message);
    }

    private static string? SentenceOf(string? paymentSignature, string? xPayment) => PaymentHeaders.ReadPayment(paymentSignature, xPayment).Refusal?.Detail;
}
