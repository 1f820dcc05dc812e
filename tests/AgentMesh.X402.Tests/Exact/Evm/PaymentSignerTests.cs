using System.Security.Cryptography;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.ProtocolExtensions;
using AgentMesh.X402.Wire;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.X402.Tests.Exact.Evm;

public sealed class PaymentSignerTests
{
    [Fact]
    public void Version2_SaysWhatItPays()
    {
        var signed = TestPayments.Sign(X402Version.V2);
        Assert.Equal("PAYMENT-SIGNATURE", signed.HeaderName);
        var payload = Assert.IsType<PaymentPayloadV2>(PaymentHeaders.ReadPayment(signed.HeaderValue, null).Value);
        Assert.Equal(TestPayments.Url, payload.Resource!.Url);
        Assert.False(TestPayments.Offer.Match(payload).IsRefused);
        var authorization = payload.Payload.GetProperty("authorization");
        Assert.Equal("0", authorization.GetProperty("validAfter").GetString());
        Assert.Equal("1800000060", authorization.GetProperty("validBefore").GetString());
        Assert.Equal("100000", authorization.GetProperty("value").GetString());
        Assert.Equal(TestPayments.Seller.ToString(), authorization.GetProperty("to").GetString());
        Assert.Equal(TestPayments.Buyer.Address.ToString(), authorization.GetProperty("from").GetString());
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_800_000_060), signed.ValidBefore);
    }

    [Fact]
    public void Version1_SaysSchemeAndNetwork()
    {
        var signed = TestPayments.Sign(X402Version.V1);
        Assert.Equal("X-PAYMENT", signed.HeaderName);
        var payload = Assert.IsType<PaymentPayloadV1>(PaymentHeaders.ReadPayment(null, signed.HeaderValue).Value);
        Assert.Equal(("exact", "base-sepolia"), (payload.Scheme, payload.Network));
        Assert.Equal("1799999400", payload.Payload.GetProperty("authorization").GetProperty("validAfter").GetString());
    }

    [Fact]
    public void SameChance_SignsTheSameBytes()
    {
        var terms = TestPayments.Terms(2);
        var choice = PaymentChooser.Choose(terms, TestPayments.Policy).Value!;
        using var zeros = new Zeros();
        var first = PaymentSigner.Sign(terms, choice, TestPayments.Buyer, zeros, TestPayments.Now).Value!;
        var second = PaymentSigner.Sign(terms, choice, TestPayments.Buyer, zeros, TestPayments.Now).Value!;
        Assert.Equal(first.HeaderValue, second.HeaderValue);
        Assert.NotEqual(TestPayments.Sign(2).HeaderValue, TestPayments.Sign(2).HeaderValue);
    }

    [Theory]
    [MemberData(nameof(TestPayments.Versions), MemberType = typeof(TestPayments))]
    public void StoredPayment_IsRestoredAsItWas(int version)
    {
        var signed = TestPayments.Sign(version);
        var restored = SignedPayment.Restore(signed.HeaderName, signed.HeaderValue, signed.Payment.Asset).Value!;
        Assert.Equal((signed.HeaderName, signed.HeaderValue, signed.Id, signed.ValidBefore), (restored.HeaderName, restored.HeaderValue, restored.Id, restored.ValidBefore));
        Assert.Equal(signed.Payment.CalculateFingerprint(), restored.Payment.CalculateFingerprint());
        var endless = TestPayments.EditAuthorization(signed.Payload, "validBefore", UInt256.MaxValue.ToString());
        Assert.Equal(DateTimeOffset.MaxValue, SignedPayment.Restore(signed.HeaderName, PaymentHeaders.Write(endless), signed.Payment.Asset).Value!.ValidBefore);
        Assert.Equal(X402Reasons.InvalidPayload, SignedPayment.Restore(signed.HeaderName, signed.HeaderValue[..^1], signed.Payment.Asset).Refusal?.Code);
    }

    [Fact]
    public void UnknownTermsAndExtensions_GoBackAsTheyCame()
    {
        var terms = (PaymentRequiredV2)TestPayments.Terms(2);
        var accepted = JsonSerializer.Deserialize(
            JsonSerializer.Serialize(terms.Accepts[0], WireJson.Wire.PaymentRequirementsV2).Replace("\"extra\":", "\"later\":{\"a\":1},\"extra\":", StringComparison.Ordinal), WireJson.Wire.PaymentRequirementsV2)!;
        var signed = TestPayments.Sign(2, terms with { Accepts = [accepted], Extensions = TestPayments.Json("""{"x":{"info":{"a":"é"},"schema":{}}}""") });
        var payload = (PaymentPayloadV2)PaymentHeaders.ReadPayment(signed.HeaderValue, null).Value!;
        Assert.Equal("""{"x":{"info":{"a":"é"},"schema":{}}}""", JsonSerializer.Serialize(payload.Extensions!.Value, WireJson.Wire.JsonElement));
        Assert.True(JsonElement.DeepEquals(
            JsonSerializer.SerializeToElement(accepted, WireJson.Wire.PaymentRequirementsV2), JsonSerializer.SerializeToElement(payload.Accepted, WireJson.Wire.PaymentRequirementsV2)));
    }

    [Fact]
    public void WhatIsTooLongForAHeader_IsNotSigned()
    {
        var terms = (PaymentRequiredV2)TestPayments.Terms(2) with { Extensions = TestPayments.Json($$"""{"x":"{{new string('a', X402Limits.MaxHeaderLength)}}"}""") };
        var choice = PaymentChooser.Choose(terms, TestPayments.Policy).Value!;
        Assert.Equal(ClientRefusals.TooLarge, PaymentSigner.Sign(terms, choice, TestPayments.Buyer, RandomNumberGenerator.Create(), TestPayments.Now).Refusal?.Code);
    }

    /// <summary>The longest header that is read anywhere, and one step of base64 more.</summary>
    [Theory]
    [InlineData(X402Limits.MaxHeaderLength, true)]
    [InlineData(X402Limits.MaxHeaderLength + 4, false)]
    public void Header_HasItsLength(int length, bool isSigned)
    {
        var terms = (PaymentRequiredV2)TestPayments.Terms(2);
        var choice = PaymentChooser.Choose(terms, TestPayments.Policy).Value!;
        using var zeros = new Zeros();
        var bytes = Convert.FromBase64String(Sign("").Value!.HeaderValue).Length;
        var signed = Sign(new string('a', length / 4 * 3 - bytes));
        Assert.Equal(isSigned ? (null, length) : (ClientRefusals.TooLarge, null), (signed.Refusal?.Code, signed.Value?.HeaderValue.Length));

        Primitives.Result<SignedPayment> Sign(string text) =>
            PaymentSigner.Sign(terms with { Extensions = TestPayments.Json($$"""{"x":"{{text}}"}""") }, choice, TestPayments.Buyer, zeros, TestPayments.Now);
    }

    [Fact]
    public void ChoiceOfOtherTerms_IsTheCallersMistake()
    {
        var choice = PaymentChooser.Choose(TestPayments.Terms(1), TestPayments.Policy).Value!;
        var wrong = Assert.Throws<ArgumentException>(() => PaymentSigner.Sign(TestPayments.Terms(2), choice, TestPayments.Buyer, RandomNumberGenerator.Create(), TestPayments.Now));
        Assert.Equal(("choice", "The choice is not one of these ways to pay. (Parameter 'choice')"), (wrong.ParamName, wrong.Message));
    }

    /// <summary>The same identifier would be the same purchase, answered with the first one's answer.</summary>
    [Fact]
    public async Task KeyWallet_IdentifiesEachPurchaseAnew()
    {
        using var random = RandomNumberGenerator.Create();
        var wallet = new KeyWallet(TestPayments.Buyer, TestPayments.Policy, random, new FakeTimeProvider(TestPayments.Now));
        var terms = (PaymentRequiredV2)TestPayments.Terms(2) with { Extensions = PaymentIdentifier.Offer(required: true) };
        var first = await wallet.PayAsync(terms, new Uri(TestPayments.Url), TestContext.Current.CancellationToken);
        var second = await wallet.PayAsync(terms, new Uri(TestPayments.Url), TestContext.Current.CancellationToken);
        Assert.NotEqual(PaymentIdentifier.Read(first.Value!.Payload).Value, PaymentIdentifier.Read(second.Value!.Payload).Value);
    }

    [Fact]
    public async Task KeyWallet_AddsAnIdentifierWhereItIsOffered()
    {
        using var random = RandomNumberGenerator.Create();
        var wallet = new KeyWallet(TestPayments.Buyer, TestPayments.Policy, random, new FakeTimeProvider(TestPayments.Now));
        var terms = (PaymentRequiredV2)TestPayments.Terms(2) with { Extensions = PaymentIdentifier.Offer(required: true) };
        var signed = await wallet.PayAsync(terms, new Uri(TestPayments.Url), TestContext.Current.CancellationToken);
        Assert.Equal(36, PaymentIdentifier.Read(signed.Value!.Payload).Value!.Length);
        Assert.Null(ExtensionEcho.Check(terms.Extensions, signed.Value.Payload));
        var plain = await wallet.PayAsync(TestPayments.Terms(2), new Uri(TestPayments.Url), TestContext.Current.CancellationToken);
        Assert.Null(((PaymentPayloadV2)plain.Value!.Payload).Extensions);
    }

    private sealed class Zeros : RandomNumberGenerator
    {
        public override void GetBytes(byte[] data) => Array.Clear(data);

        public override void GetBytes(Span<byte> data) => data.Clear();
    }
}
