using System.Text;
using System.Text.Json;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Wire;

/// <summary>Every name on the wire, in its place. Another name is another protocol.</summary>
public sealed class WireNamesTests
{
    private const string Extra = """{"name":"USDC","version":"2"}""";
    private const string RequirementsV2 = """{"scheme":"exact","network":"eip155:84532","amount":"1","asset":"0xA","payTo":"0xB","maxTimeoutSeconds":60,"extra":""" + Extra + "}";
    private const string RequirementsV1 = """{"scheme":"exact","network":"base-sepolia","maxAmountRequired":"1","resource":"https://a","description":"d","mimeType":"m","outputSchema":{},"payTo":"0xB","maxTimeoutSeconds":60,"asset":"0xA","extra":""" + Extra + "}";
    private const string Resource = """{"url":"https://a","description":"d","mimeType":"m"}""";
    private const string PayloadV2 = """{"x402Version":2,"payload":{"p":1},"resource":""" + Resource + ""","accepted":""" + RequirementsV2 + ""","extensions":{"e":{}}}""";
    private const string PayloadV1 = """{"x402Version":1,"scheme":"exact","network":"base-sepolia","payload":{"p":1}}""";

    private static readonly PaymentRequirementsV2 V2 = new("exact", "eip155:84532", "1", "0xA", "0xB", 60, Element(Extra));
    private static readonly PaymentRequirementsV1 V1 = new("exact", "base-sepolia", "1", "https://a", "d", "0xB", 60, "0xA", "m", Element("{}"), Element(Extra));
    private static readonly ResourceInfo Info = new("https://a", "d", "m");
    private static readonly PaymentPayloadV2 Paid2 = new(Element("""{"p":1}"""), V2, Info, Element("""{"e":{}}"""));
    private static readonly PaymentPayloadV1 Paid1 = new("exact", "base-sepolia", Element("""{"p":1}"""));

    [Fact]
    public void PaymentRequired_V2() =>
        Assert.Equal(
            """{"x402Version":2,"error":"e","resource":""" + Resource + ""","accepts":[""" + RequirementsV2 + """],"extensions":{"e":{}}}""",
            Write(new PaymentRequiredV2(Info, [V2], "e", Element("""{"e":{}}""")), WireJson.Wire.PaymentRequiredV2));

    [Fact]
    public void PaymentRequired_V1() =>
        Assert.Equal("""{"x402Version":1,"error":"e","accepts":[""" + RequirementsV1 + "]}", Write(new PaymentRequiredV1([V1], "e"), WireJson.Wire.PaymentRequiredV1));

    [Fact]
    public void PaymentPayload_OfBothVersions()
    {
        Assert.Equal(PayloadV2, Write<PaymentPayload>(Paid2, WireJson.Wire.PaymentPayload));
        Assert.Equal(PayloadV1, Write<PaymentPayload>(Paid1, WireJson.Wire.PaymentPayload));
    }

    [Fact]
    public void VerifyAndSettleRequests_OfBothVersions()
    {
        var v2 = """{"x402Version":2,"paymentPayload":""" + PayloadV2 + ""","paymentRequirements":""" + RequirementsV2 + "}";
        var v1 = """{"x402Version":1,"paymentPayload":""" + PayloadV1 + ""","paymentRequirements":""" + RequirementsV1 + "}";
        Assert.Equal(v2, Encoding.UTF8.GetString(FacilitatorJson.Write(new VerifyRequest(2, Paid2, V2))));
        Assert.Equal(v2, Encoding.UTF8.GetString(FacilitatorJson.Write(new SettleRequest(2, Paid2, V2))));
        Assert.Equal(v1, Encoding.UTF8.GetString(FacilitatorJson.Write(new VerifyRequest(1, Paid1, V1))));
        Assert.Equal(v1, Encoding.UTF8.GetString(FacilitatorJson.Write(new SettleRequest(1, Paid1, V1))));
    }

    [Fact]
    public void Responses()
    {
        Assert.Equal(
            """{"isValid":false,"invalidReason":"r","invalidMessage":"m","payer":"0xC","extensions":{},"extra":{}}""",
            Encoding.UTF8.GetString(FacilitatorJson.Write(new VerifyResponse(false, "r", "m", "0xC", Element("{}"), Element("{}")))));
        Assert.Equal(
            """{"success":false,"errorReason":"r","errorMessage":"m","transaction":"0xD","network":"n","payer":"0xC","amount":"1","extensions":{},"extra":{}}""",
            Encoding.UTF8.GetString(FacilitatorJson.Write(new SettleResponse(false, "0xD", "n", "r", "m", "0xC", "1", Element("{}"), Element("{}")))));
        Assert.Equal(
            """{"kinds":[{"x402Version":2,"scheme":"exact","network":"n","extra":{}}],"extensions":["e"],"signers":{"eip155:*":["0xE"]}}""",
            Encoding.UTF8.GetString(FacilitatorJson.Write(new SupportedResponse(
                [new SupportedKind(2, "exact", "n", Element("{}"))], ["e"], new Dictionary<string, IReadOnlyList<string>> { ["eip155:*"] = ["0xE"] }))));
    }

    [Fact]
    public void WhatIsAbsent_IsLeftOut()
    {
        Assert.Equal("""{"isValid":true}""", Encoding.UTF8.GetString(FacilitatorJson.Write(new VerifyResponse(true))));
        Assert.Equal("""{"success":true,"transaction":"","network":"n"}""", Encoding.UTF8.GetString(FacilitatorJson.Write(new SettleResponse(true, "", "n"))));
        Assert.Equal(
            """{"scheme":"exact","network":"base","maxAmountRequired":"1","resource":"r","description":"","payTo":"b","maxTimeoutSeconds":1,"asset":"a"}""",
            Write(new PaymentRequirementsV1("exact", "base", "1", "r", "", "b", 1, "a"), WireJson.Wire.PaymentRequirementsV1));
    }

    private static string Write<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);

    private static JsonElement Element(string json) => TestPayments.Json(json);
}
