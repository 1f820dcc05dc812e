using AgentMesh.Evm;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Tests.Wire;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Exact.Evm;

public sealed class PaymentChooserTests
{
    [Theory]
    [InlineData("scheme", "\"upto\"", ClientRefusals.Unsupported)]
    [InlineData("network", "\"eip155:x\"", ClientRefusals.Unsupported)]
    [InlineData("network", "\"solana:x\"", ClientRefusals.Unsupported)]
    [InlineData("extra.assetTransferMethod", "\"permit2\"", ClientRefusals.Unsupported)]
    [InlineData("extra.assetTransferMethod", "\"eip3009\"", null)]
    [InlineData("extra.paymentFlow", "\"authorization\"", null)]
    [InlineData("extra.paymentFlow", "\"upfront\"", null)]
    [InlineData("extra.paymentFlow", "\"escrow\"", ClientRefusals.Unsupported)]
    [InlineData("extra.paymentFlow", "7", ClientRefusals.Unsupported)]
    [InlineData("asset", "\"USDC\"", ClientRefusals.Malformed)]
    [InlineData("asset", "\"0x036cbd53842c5426634e7929541ec2318f3dcf7e\"", null)]
    [InlineData("asset", "\"0x036CbD53842c5426634e7929541eC2318f3dCF7E\"", ClientRefusals.Malformed)]
    [InlineData("payTo", "\"merchant\"", ClientRefusals.Malformed)]
    [InlineData("payTo", "\"0x0000000000000000000000000000000000000000\"", ClientRefusals.Malformed)]
    [InlineData("payTo", "\"0x1343558b1e48Ee16260e386DBEE4693902DB77C4\"", ClientRefusals.Malformed)]
    [InlineData("amount", "\"1e5\"", ClientRefusals.Malformed)]
    [InlineData("amount", "\"0100000\"", ClientRefusals.Malformed)]
    [InlineData("network", "\"eip155:8453\"", ClientRefusals.AssetNotAllowed)]
    [InlineData("asset", "\"0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913\"", ClientRefusals.AssetNotAllowed)]
    [InlineData("extra.name", "\"USD Coin\"", ClientRefusals.DomainMismatch)]
    [InlineData("extra.version", "2", ClientRefusals.DomainMismatch)]
    [InlineData("extra", null, null)]
    [InlineData("maxTimeoutSeconds", "6", ClientRefusals.WindowTooShort)]
    [InlineData("maxTimeoutSeconds", "7", null)]
    [InlineData("maxTimeoutSeconds", "9223372036854775807", null)]
    [InlineData("amount", "\"99999\"", null)]
    [InlineData("amount", "\"100000\"", null)]
    [InlineData("amount", "\"100001\"", ClientRefusals.AmountOverCap)]
    [InlineData("amount", "\"115792089237316195423570985008687907853269984665640564039457584007913129639935\"", ClientRefusals.AmountOverCap)]
    public void OnlyWhatThePolicyNames_IsChosen(string path, string? value, string? code) =>
        Assert.Equal(code, PaymentChooser.Choose(Change(path, value), TestPayments.Policy).Refusal?.Code);

    [Theory]
    [MemberData(nameof(TestPayments.Versions), MemberType = typeof(TestPayments))]
    public void Choice_IsAsItWasUnderstood(int version)
    {
        var choice = PaymentChooser.Choose(TestPayments.Terms(version), TestPayments.Policy).Value!;
        Assert.Equal((KnownAssets.UsdcOnBaseSepolia, (UInt256)100_000UL, TestPayments.Seller, 60), (choice.Asset, choice.AmountAtomic, choice.PayTo, choice.ValiditySeconds));
    }

    [Fact]
    public void Validity_IsThePolicysAtMost()
    {
        Assert.Equal(300, PaymentChooser.Choose(Change("maxTimeoutSeconds", "301"), TestPayments.Policy).Value!.ValiditySeconds);
        Assert.Equal(ClientRefusals.WindowTooShort, PaymentChooser.Choose(Change("maxTimeoutSeconds", "301"), TestPayments.Policy with { MaxValiditySeconds = 6 }).Refusal?.Code);
    }

    [Fact]
    public void LastWord_IsThePolicys()
    {
        PaymentChoice? asked = null;
        var refused = PaymentChooser.Choose(TestPayments.Terms(2), TestPayments.Policy with { Accepts = choice => (asked = choice) is null });
        Assert.Equal(ClientRefusals.Declined, refused.Refusal?.Code);
        Assert.Equal(TestPayments.Seller, asked!.PayTo);
    }

    [Fact]
    public void OfSeveral_TheFirstThatIsAllowed_IsChosen_FavoriteFlowBeforeOthers()
    {
        var terms = (PaymentRequiredV2)TestPayments.Terms(2);
        var good = terms.Accepts[0];
        var upfront = good with { Amount = "1", Extra = TestPayments.Json("""{"name":"USDC","version":"2","paymentFlow":"upfront"}""") };
        var dear = good with { Amount = "100001" };
        Assert.Same(good, PaymentChooser.Choose(terms with { Accepts = [upfront, dear, good, good with { Amount = "1" }] }, TestPayments.Policy).Value!.Requirements);
        Assert.Same(upfront, PaymentChooser.Choose(terms with { Accepts = [dear, upfront] }, TestPayments.Policy).Value!.Requirements);
    }

    [Fact]
    public void OfSeveralRefusals_TheOneThatCameFarthest_IsTold()
    {
        var terms = (PaymentRequiredV2)TestPayments.Terms(2);
        var good = terms.Accepts[0];
        var refused = PaymentChooser.Choose(
            terms with { Accepts = [good with { Scheme = "upto" }, good with { Amount = "100001" }, good with { PayTo = "x" }] }, TestPayments.Policy);
        Assert.Equal(ClientRefusals.AmountOverCap, refused.Refusal?.Code);
    }

    [Fact]
    public void EmptyPolicy_PaysNothing() =>
        Assert.Equal(ClientRefusals.AssetNotAllowed, PaymentChooser.Choose(TestPayments.Terms(2), new PaymentPolicy { Caps = [] }).Refusal?.Code);

    internal static PaymentRequiredV2 Change(string path, string? value)
    {
        var terms = (PaymentRequiredV2)TestPayments.Terms(2);
        return terms with { Accepts = [WireReadingTests.Change(terms.Accepts[0], path, value, WireJson.Wire.PaymentRequirementsV2)] };
    }
}
