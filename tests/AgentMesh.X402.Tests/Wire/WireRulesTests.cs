using System.Text;
using System.Text.Json;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Wire;

/// <summary>What has to be right in each member of a payment and of the terms, whatever is right in the others.</summary>
public sealed class WireRulesTests
{
    private static readonly string TooLong = $"\"{new string('a', X402Limits.MaxTextLength + 1)}\"";
    private static readonly string LongestTerm = $"\"{new string('a', X402Limits.MaxTermLength)}\"";
    private static readonly string TooLongTerm = $"\"{new string('a', X402Limits.MaxTermLength + 1)}\"";

    public static TheoryData<int, string, string?, bool> Payments => new()
    {
        { 1, "scheme", "\"\"", false },
        { 1, "network", "\"\"", false },
        { 1, "scheme", LongestTerm, true },
        { 1, "scheme", TooLongTerm, false },
        { 1, "network", TooLongTerm, false },
        { 1, "payload", "[]", false },
        { 2, "accepted.amount", "\"\"", false },
        { 2, "accepted.network", "\"base\"", false },
        { 2, "resource", null, true },
        { 2, "resource.url", "\"\"", false },
        { 2, "resource.url", TooLong, false },
        { 2, "resource.mimeType", TooLong, false },
        { 2, "extensions", "{}", true },
        { 2, "extensions", "[]", false },
        { 2, "payload", "[]", false },
    };

    [Theory]
    [MemberData(nameof(Payments))]
    public void Payment_IsRead_WhenEveryMemberIsRight(int version, string path, string? value, bool read)
    {
        var json = Encoding.UTF8.GetString(Convert.FromBase64String(TestPayments.Sign(version).HeaderValue));
        var header = Convert.ToBase64String(Encoding.UTF8.GetBytes(WireReadingTests.Change(json, path, value)));
        var payment = version == X402Version.V2 ? PaymentHeaders.ReadPayment(header, null) : PaymentHeaders.ReadPayment(null, header);
        Assert.Equal(read ? null : X402Reasons.InvalidPayload, payment.Refusal?.Code);
    }

    public static TheoryData<string, string?, bool> Options => new()
    {
        { "resource", "\"r\"", true },
        { "resource", TooLong, false },
        { "description", TooLong, false },
        { "mimeType", TooLong, false },
        { "outputSchema", "{}", true },
        { "outputSchema", "[]", false },
        { "extra", "[]", false },
        { "maxAmountRequired", TooLongTerm, false },
        { "network", "\"eip155:84532\"", false },
    };

    /// <summary>Each of them, not only the first or one of them.</summary>
    [Theory]
    [MemberData(nameof(Options))]
    public void TermsOfVersion1_AreRead_WhenEveryWayToPayIsRight(string member, string? value, bool read)
    {
        var json = Encoding.UTF8.GetString(TestPayments.Offer.ToAnswer("e").Body.Span);
        Assert.Equal(read, !Read(WireReadingTests.Change(json, $"accepts.0.{member}", value)).IsRefused);
        var twice = JsonSerializer.SerializeToUtf8Bytes(new PaymentRequiredV1([Option(), Option()]), WireJson.Wire.PaymentRequiredV1);
        Assert.Equal(read, !Read(WireReadingTests.Change(Encoding.UTF8.GetString(twice), $"accepts.1.{member}", value)).IsRefused);

        static PaymentRequirementsV1 Option() => (PaymentRequirementsV1)TestPayments.Requirements(X402Version.V1);
    }

    /// <summary>The member of the amount tells the versions apart. With both it is version 2, which takes members that it does not know.</summary>
    [Fact]
    public void Requirements_AreOfTheVersionOfTheirAmount()
    {
        var v2 = Request(2);
        var both = WireReadingTests.Change(v2, "paymentRequirements.maxAmountRequired", "\"7\"");
        Assert.IsType<PaymentRequirementsV2>(FacilitatorJson.ReadVerifyRequest(Encoding.UTF8.GetBytes(both)).Value!.PaymentRequirements);
        Assert.IsType<PaymentRequirementsV1>(FacilitatorJson.ReadVerifyRequest(Encoding.UTF8.GetBytes(Request(1))).Value!.PaymentRequirements);
        foreach (var other in new[] { "\"amount\"", "7", "null" })
        {
            var json = WireReadingTests.Change(v2, "paymentRequirements", other);
            Assert.Equal(X402Reasons.InvalidPaymentRequirements, FacilitatorJson.ReadVerifyRequest(Encoding.UTF8.GetBytes(json)).Refusal?.Code);
        }
    }

    [Fact]
    public void PaymentOfNoVersion_CannotBeReadAlone()
    {
        var wrong = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"x402Version":3}""", WireJson.Wire.PaymentPayload));
        Assert.Contains("x402Version is neither 1 nor 2.", wrong.Message, StringComparison.Ordinal);
    }

    private static string Request(int version) =>
        Encoding.UTF8.GetString(FacilitatorJson.Write(new VerifyRequest(version, TestPayments.Sign(version).Payload, TestPayments.Requirements(version))));

    private static Primitives.Result<PaymentRequired> Read(string json) => PaymentRequiredAnswer.Read(null, Encoding.UTF8.GetBytes(json));
}
