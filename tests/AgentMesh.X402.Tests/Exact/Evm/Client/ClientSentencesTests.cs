using System.Net;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Exact.Evm.Client;

/// <summary>What an agent's owner is told of a price that was not paid.</summary>
public sealed class ClientSentencesTests
{
    [Theory]
    [InlineData("scheme", "\"upto\"", "Only exact payments by EIP-3009 on a known EVM network are made.")]
    [InlineData("extra.paymentFlow", "\"escrow\"", "The payment flow is not one that is taken.")]
    [InlineData("amount", "\"ten\"", "The amount, the asset or the payee is not one.")]
    [InlineData("network", "\"eip155:8453\"", "The token 0x036CbD53842c5426634e7929541eC2318f3dCF7e on eip155:8453 is not one that may be paid with.")]
    [InlineData("extra.name", "\"USD Coin\"", "The seller gives USDC on eip155:84532 a domain that it does not have.")]
    [InlineData("maxTimeoutSeconds", "6", "A payment has to be valid for more than 6 seconds.")]
    [InlineData("amount", "\"100001\"", "The price is 100001 atomic units of USDC, the cap 100000.")]
    public void Option_IsToldWhyItIsNotTaken(string path, string value, string sentence) =>
        Assert.Equal(sentence, SentenceOf(PaymentChooserTests.Change(path, value)));

    [Fact]
    public void LastWord_IsToldAsThePolicys() =>
        Assert.Equal("The policy declined the payment.", SentenceOf(TestPayments.Terms(2), TestPayments.Policy with { Accepts = _ => false }));

    [Fact]
    public void TermsWithoutAWayToPay_AreToldSo() => Assert.Equal(
        new Refusal(ClientRefusals.Unsupported, "No way to pay is offered."),
        PaymentChooser.Choose((PaymentRequiredV2)TestPayments.Terms(2) with { Accepts = [] }, TestPayments.Policy).Refusal);

    [Fact]
    public void OfOptionsThatCameEquallyFar_TheFavoriteIsTold()
    {
        var terms = (PaymentRequiredV2)TestPayments.Terms(2);
        var good = terms.Accepts[0];
        Assert.Equal(
            "The price is 200000 atomic units of USDC, the cap 100000.",
            SentenceOf(terms with { Accepts = [good with { Scheme = "upto" }, good with { Amount = "200000" }, good with { Amount = "300000" }] }));
    }

    [Fact]
    public async Task PaymentThatIsTooLong_IsToldHowLongItMayBe()
    {
        var terms = (PaymentRequiredV2)TestPayments.Terms(2) with { Extensions = TestPayments.Json($$"""{"x":"{{new string('a', X402Limits.MaxHeaderLength)}}"}""") };
        var signed = await Wallet(TestPayments.Policy).PayAsync(terms, new Uri(TestPayments.Url), TestContext.Current.CancellationToken);
        Assert.Equal(new Refusal(ClientRefusals.TooLarge, "With the seller's extensions the payment takes more than 16384 characters."), signed.Refusal);
    }

    [Fact]
    public async Task RequestInTheClear_IsToldHowPaymentsAreSent()
    {
        var stub = new StubHandler((_, _) => Task.FromResult(StubHandler.Json(HttpStatusCode.PaymentRequired, Body())));
        using var client = new HttpClient(new PaymentHandler(Wallet(TestPayments.Policy), new PaymentHandlerOptions()) { InnerHandler = stub });
        using var response = await client.GetAsync(new Uri("http://shop.example/"), TestContext.Current.CancellationToken);
        Assert.Equal(new Refusal(ClientRefusals.InsecureUrl, "Payments are sent over https only, but to this machine."), PaymentHandler.GetOutcome(response)!.Refusal);
        using var paid = new HttpRequestMessage(HttpMethod.Get, "http://shop.example/");
        paid.Options.Set(PaymentHandler.PaymentKey, TestPayments.Sign(2));
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => client.SendAsync(paid, TestContext.Current.CancellationToken));
        Assert.Equal("Payments are sent over https only, but to this machine.", thrown.Message);
        Assert.Single(stub.Requests);
    }

    /// <summary>What was stored may have been stored by another version, or be damaged: it is said, and never sent.</summary>
    [Fact]
    public void StoredPaymentOfAnUnknownNetwork_IsNotRestored()
    {
        var signed = TestPayments.Sign(1);
        var header = PaymentHeaders.Write((PaymentPayloadV1)signed.Payload with { Network = "base-sepolia-2" });
        Assert.Equal(
            new Refusal(X402Reasons.InvalidNetwork, "The network of the payment is none that is known."),
            SignedPayment.Restore(signed.HeaderName, header, KnownAssets.UsdcOnBaseSepolia.Address).Refusal);
    }

    internal static string Body() => System.Text.Encoding.UTF8.GetString(TestPayments.Offer.ToAnswer("e").Body.Span);

    internal static KeyWallet Wallet(PaymentPolicy policy) => new(
        TestPayments.Buyer, policy, System.Security.Cryptography.RandomNumberGenerator.Create(), new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TestPayments.Now));

    private static string? SentenceOf(PaymentRequired terms, PaymentPolicy? policy = null) => PaymentChooser.Choose(terms, policy ?? TestPayments.Policy).Refusal?.Detail;
}
