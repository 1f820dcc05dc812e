using System.Text;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Codecs;

public sealed class PaymentRequiredAnswerTests
{
    [Fact]
    public void OneAnswer_AsksForTheSameInBothVersions()
    {
        var answer = TestPayments.Offer.ToAnswer(X402Reasons.PaymentRequired);
        var v2 = Assert.IsType<PaymentRequiredV2>(PaymentRequiredAnswer.Read(answer.Header, answer.Body).Value);
        var v1 = Assert.IsType<PaymentRequiredV1>(PaymentRequiredAnswer.Read(null, answer.Body).Value);
        Assert.Equal(X402Reasons.PaymentRequired, v2.Error);
        Assert.Equal(X402Reasons.PaymentRequired, v1.Error);
        Assert.Equal(TestPayments.Url, v2.Resource.Url);
        Assert.Equal(TestPayments.Url, v1.Accepts[0].Resource);
        Assert.Equal("eip155:84532", v2.Accepts[0].Network);
        Assert.Equal("base-sepolia", v1.Accepts[0].Network);
        Assert.All(
            v2.Options.Zip(v1.Options),
            pair => Assert.Equal((pair.First.AmountAtomic, pair.First.Asset, pair.First.PayTo, pair.First.MaxTimeoutSeconds), (pair.Second.AmountAtomic, pair.Second.Asset, pair.Second.PayTo, pair.Second.MaxTimeoutSeconds)));
        Assert.Equal("100000", v2.Accepts[0].Amount);
    }

    [Fact]
    public void OneVersionAlone_IsEnough()
    {
        var onlyV2 = PaymentRequiredAnswer.Create(TestPayments.Offer.ToPaymentRequiredV2("e"), null);
        Assert.Equal("{}", Encoding.UTF8.GetString(onlyV2.Body.Span));
        Assert.False(PaymentRequiredAnswer.Read(onlyV2.Header, onlyV2.Body).IsRefused);
        var onlyV1 = PaymentRequiredAnswer.Create(null, TestPayments.Offer.ToPaymentRequiredV1("e"));
        Assert.Null(onlyV1.Header);
        Assert.False(PaymentRequiredAnswer.Read(null, onlyV1.Body).IsRefused);
        Assert.Throws<ArgumentException>(() => PaymentRequiredAnswer.Create(null, null));
    }

    [Fact]
    public void BadHeader_IsNotMadeUpForByTheBody()
    {
        var answer = TestPayments.Offer.ToAnswer("e");
        Assert.Equal(X402Refusals.InvalidPaymentRequired, PaymentRequiredAnswer.Read("!", answer.Body).Refusal?.Code);
    }

    [Fact]
    public void VersionsInTheOthersPlace_AreRefused()
    {
        var answer = TestPayments.Offer.ToAnswer("e");
        Assert.True(PaymentRequiredAnswer.Read(Convert.ToBase64String(answer.Body.Span), default).IsRefused);
        Assert.True(PaymentRequiredAnswer.Read(null, Convert.FromBase64String(answer.Header!)).IsRefused);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Body_IsLimited(int more, bool read)
    {
        var body = TestPayments.Offer.ToAnswer("e").Body.ToArray();
        var padded = body.Concat(Enumerable.Repeat((byte)' ', X402Limits.MaxBodyBytes - body.Length + more)).ToArray();
        Assert.Equal(read, !PaymentRequiredAnswer.Read(null, padded).IsRefused);
    }

    [Theory]
    [InlineData(X402Limits.MaxHeaderLength, true)]
    [InlineData(X402Limits.MaxHeaderLength + 4, false)]
    public void Header_HasItsLength(int length, bool taken)
    {
        var bytes = Convert.FromBase64String(Create("").Header!).Length;
        var text = new string('a', length / 4 * 3 - bytes);
        if (taken)
            Assert.Equal(length, Create(text).Header!.Length);
        else
            Assert.Throws<ArgumentException>(() => Create(text));

        static PaymentRequiredAnswer Create(string text) =>
            PaymentRequiredAnswer.Create(TestPayments.Offer.ToPaymentRequiredV2("e") with { Extensions = TestPayments.Json($$"""{"e":"{{text}}"}""") }, null);
    }

    [Fact]
    public void TermsThatNoProxyTakes_AreTheServersMistake() =>
        Assert.Throws<ArgumentException>(() => PaymentRequiredAnswer.Create(
            TestPayments.Offer.ToPaymentRequiredV2("e") with { Extensions = TestPayments.Json($$"""{"e":"{{new string('a', X402Limits.MaxHeaderLength)}}"}""") }, null));
}
