using AgentMesh.X402.ProtocolExtensions;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.ProtocolExtensions;

public sealed class PaymentIdentifierTests
{
    private const string Id = "pay_7d5d747be160e280504c099d984bcfe0";

    private static readonly PaymentPayloadV2 Paid = (PaymentPayloadV2)TestPayments.Sign(X402Version.V2).Payload;

    [Theory]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void Length_IsThatOfTheSpecification(int length, bool valid) => Assert.Equal(valid, PaymentIdentifier.IsValid(new string('a', length)));

    [Theory]
    [InlineData("ABCxyz019_-abcde", true)]
    [InlineData("ABCxyz019_-abcd.", false)]
    [InlineData("ABCxyz019_-abcd ", false)]
    [InlineData("ABCxyz019_-abcdé", false)]
    [InlineData(null, false)]
    public void Letters_AreThoseOfTheSpecification(string? id, bool valid) => Assert.Equal(valid, PaymentIdentifier.IsValid(id));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Offer_IsOfTheSpecificationsShape(bool required)
    {
        var offer = PaymentIdentifier.Offer(required);
        Assert.True(PaymentIdentifier.IsOffered(offer));
        Assert.Equal(required, PaymentIdentifier.IsRequired(offer));
        Assert.Equal("object", offer.GetProperty("payment-identifier").GetProperty("schema").GetProperty("type").GetString());
        Assert.False(PaymentIdentifier.IsOffered(null));
        Assert.False(PaymentIdentifier.IsRequired(TestPayments.Json("""{"payment-identifier":{"info":{"required":"true"}}}""")));
    }

    [Fact]
    public void Identifier_GoesBackWithTheRest()
    {
        var offer = TestPayments.Json("""{"other":{"info":{"a":1}},"payment-identifier":{"info":{"required":true},"schema":{}}}""");
        var paid = Paid with { Extensions = PaymentIdentifier.AddTo(offer, Id) };
        Assert.Equal(Id, PaymentIdentifier.Read(paid).Value);
        Assert.Null(ExtensionEcho.Check(offer, paid));
        Assert.Null(PaymentIdentifier.AddTo(null, Id));
        Assert.Throws<ArgumentException>(() => PaymentIdentifier.AddTo(offer, "short"));
    }

    [Theory]
    [InlineData("null", "")]
    [InlineData("""{}""", "")]
    [InlineData("""{"payment-identifier":7}""", "")]
    [InlineData("""{"payment-identifier":{"info":{}}}""", "")]
    [InlineData("""{"payment-identifier":{"info":{"id":null}}}""", "")]
    [InlineData("""{"payment-identifier":{"info":{"id":7}}}""", null)]
    [InlineData("""{"payment-identifier":{"info":{"id":"short"}}}""", null)]
    [InlineData("""{"payment-identifier":{"info":{"id":"pay_7d5d747be160e280504c099d984bcfe0"}}}""", Id)]
    public void Identifier_IsReadOrRefused(string extensions, string? id)
    {
        var read = PaymentIdentifier.Read(Paid with { Extensions = extensions == "null" ? null : TestPayments.Json(extensions) });
        Assert.Equal(id, read.Value);
        Assert.Equal(id is null ? X402Reasons.InvalidPayload : null, read.Refusal?.Code);
        Assert.Equal("", PaymentIdentifier.Read(TestPayments.Sign(X402Version.V1).Payload).Value);
    }

    [Theory]
    [InlineData("null", true)]
    [InlineData("""{}""", true)]
    [InlineData("""{"another":{"info":{}}}""", true)]
    [InlineData("""{"x":{"info":{"a":1,"b":{"c":[1,2]}}}}""", true)]
    [InlineData("""{"x":{"info":{"a":1,"b":{"c":[1,2],"more":1},"more":2},"schema":7}}""", true)]
    [InlineData("""{"x":{"info":{"a":2,"b":{"c":[1,2]}}}}""", false)]
    [InlineData("""{"x":{"info":{"a":1,"b":{"c":[2,1]}}}}""", false)]
    [InlineData("""{"x":{"info":{"a":1}}}""", false)]
    [InlineData("""{"x":{"info":7}}""", false)]
    [InlineData("""{"x":{}}""", false)]
    [InlineData("""{"x":7}""", false)]
    public void Echo_MayHaveMoreAndNothingElse(string echoed, bool right)
    {
        var offered = TestPayments.Json("""{"x":{"info":{"a":1,"b":{"c":[1,2]}},"schema":{}}}""");
        var refusal = ExtensionEcho.Check(offered, Paid with { Extensions = echoed == "null" ? null : TestPayments.Json(echoed) });
        Assert.Equal(right ? null : X402Reasons.ExtensionEchoMismatch, refusal?.Code);
    }
}
