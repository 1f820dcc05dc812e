using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Mcp;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Mcp;

public sealed class McpPaymentsTests
{
    public static TheoryData<int, bool> Dialects => new() { { 1, false }, { 1, true }, { 2, false }, { 2, true } };

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Payment_IsReadAsObjectAndAsText(int version, bool asText)
    {
        var payload = TestPayments.Sign(version).Payload;
        var value = McpPayments.WritePayment(payload, asText);
        Assert.Equal(asText ? JsonValueKind.String : JsonValueKind.Object, value.ValueKind);
        var read = McpPayments.ReadPayment(Meta(McpPaymentKeys.Payment, value));
        Assert.Equal(PaymentHeaders.Write(payload), PaymentHeaders.Write(read.Value!));
    }

    [Theory]
    [InlineData(null, X402Reasons.PaymentRequired)]
    [InlineData("null", X402Reasons.PaymentRequired)]
    [InlineData("7", X402Reasons.InvalidPayload)]
    [InlineData("{}", X402Reasons.InvalidPayload)]
    [InlineData("[]", X402Reasons.InvalidPayload)]
    [InlineData("\"!\"", X402Reasons.InvalidPayload)]
    [InlineData("\"\\ud800\"", X402Reasons.InvalidPayload)]
    [InlineData("{\"x402Version\":2,\"a\":\"\\ud800\"}", X402Reasons.InvalidPayload)]
    [InlineData("{\"x402Version\":3}", X402Reasons.InvalidX402Version)]
    public void AnythingElse_IsRefused(string? json, string code) =>
        Assert.Equal(code, McpPayments.ReadPayment(json is null ? TestPayments.Json("{}") : TestPayments.Json($$"""{"x402/payment":{{json}}}""")).Refusal?.Code);

    [Fact]
    public void NoMeta_IsNoPayment()
    {
        Assert.Equal(X402Reasons.PaymentRequired, McpPayments.ReadPayment(null).Refusal?.Code);
        Assert.Equal(X402Reasons.PaymentRequired, McpPayments.ReadPayment(default(JsonElement)).Refusal?.Code);
        Assert.Equal(X402Reasons.PaymentRequired, McpPayments.ReadPayment(TestPayments.Json("[]")).Refusal?.Code);
    }

    [Fact]
    public void Receipt_IsReadAsItWasWritten()
    {
        var receipt = new SettleResponse(true, "0x1", "eip155:84532", Payer: "0x2");
        Assert.Equal(receipt, McpPayments.ReadReceipt(Meta(McpPaymentKeys.PaymentResponse, McpPayments.WriteReceipt(receipt))).Value);
        Assert.True(McpPayments.ReadReceipt(TestPayments.Json("""{"x402/payment-response":{"success":"yes"}}""")).IsRefused);
        Assert.True(McpPayments.ReadReceipt(null).IsRefused);
    }

    public static TheoryData<int, string, bool> Places => new()
    {
        { 2, "both", false }, { 2, "structured", false }, { 2, "meta", true }, { 2, "text", false }, { 1, "both", false }, { 1, "meta", true }, { 1, "text", false },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void Terms_AreFoundInAllThreePlaces(int version, string place, bool wantsText)
    {
        var (structured, text) = McpPaymentRequired.Write(TestPayments.Terms(version));
        var result = new JsonObject { ["isError"] = true, ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = place == "structured" ? "Pay first." : text }) };
        if (place is "both" or "structured")
            result["structuredContent"] = JsonObject.Create(structured);
        if (place is "both" or "meta")
            result["_meta"] = new JsonObject { [McpPaymentKeys.Error] = JsonObject.Create(structured) };
        var read = McpPaymentRequired.Read(TestPayments.ToElement(result));
        Assert.Equal(version, read.Value!.Terms.X402Version);
        Assert.Equal(wantsText, read.Value.WantsText);
        Assert.Equal("100000", read.Value.Terms.Options[0].AmountAtomic);
        Assert.True(JsonElement.DeepEquals(structured, TestPayments.Json(text)));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("""{"isError":true}""")]
    [InlineData("""{"isError":true,"content":[]}""")]
    [InlineData("""{"isError":true,"content":["x"]}""")]
    [InlineData("""{"isError":true,"content":[{"text":"no"}]}""")]
    [InlineData("""{"isError":true,"content":[{"text":"\ud800"}]}""")]
    [InlineData("""{"isError":true,"structuredContent":{"x402Version":2,"accepts":[]},"_meta":{"x402/error":7}}""")]
    public void ResultsThatAskForNothing_AreNoTerms(string json) => Assert.Equal(X402Refusals.InvalidPaymentRequired, McpPaymentRequired.Read(TestPayments.Json(json)).Refusal?.Code);

    [Fact]
    public void TermsInAResultThatIsNoError_AreNoTerms()
    {
        var (structured, _) = McpPaymentRequired.Write(TestPayments.Terms(2));
        Assert.True(McpPaymentRequired.Read(TestPayments.ToElement(new JsonObject { ["isError"] = false, ["structuredContent"] = JsonObject.Create(structured) })).IsRefused);
    }

    private static JsonElement Meta(string key, JsonElement value) => JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { [key] = value });
}
