using System.Text;
using AgentMesh.Evm;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.Facilitator.Tests.Ledger;

/// <summary>The ledger decides by itself, whatever was found good before: two payments may have been verified before either was written.</summary>
public sealed class TokenLedgerTests
{
    [Fact]
    public async Task OtherAuthorizationWithAUsedNonce_ThatWasVerifiedInTime_IsRefused()
    {
        await using var store = await FakeStateStore.StartAsync();
        await using var server = new FacilitatorServer(store);
        await server.FundAsync(Payments.Buyer.Address, 1_000_000);
        var first = Payments.Authorize();
        var second = first with { Value = 200_000 };

        var moved = await server.Ledger.SettleAsync(Decode(first), Digest(first), TestContext.Current.CancellationToken);
        var refused = await server.Ledger.SettleAsync(Decode(second), Digest(second), TestContext.Current.CancellationToken);
        var again = await server.Ledger.SettleAsync(Decode(first), Digest(first), TestContext.Current.CancellationToken);

        Assert.Equal(X402Reasons.NonceAlreadyUsed, refused.Refusal?.Code);
        Assert.Equal(moved.Value, again.Value);
        Assert.Equal("100000", await server.BalanceAsync(Payments.Seller));
    }

    [Theory]
    [InlineData("99999", X402Reasons.InsufficientFunds)]
    [InlineData("100000", null)]
    [InlineData("100001", null)]
    public async Task BalanceThatIsGoneSinceTheVerification_IsNotOverdrawn(string has, string? reason)
    {
        await using var store = await FakeStateStore.StartAsync();
        await using var server = new FacilitatorServer(store);
        await server.FundAsync(Payments.Buyer.Address, UInt256.Parse(has));
        var authorization = Payments.Authorize();
        var outcome = await server.Ledger.SettleAsync(Decode(authorization), Digest(authorization), TestContext.Current.CancellationToken);
        Assert.Equal(reason, outcome.Refusal?.Code);
        Assert.Equal(reason is null ? "100000" : "0", await server.BalanceAsync(Payments.Seller));
    }

    private static Bytes32 Digest(AgentMesh.Evm.Tokens.TransferWithAuthorization authorization) => authorization.CalculateDigest(KnownAssets.UsdcOnBaseSepolia.Domain);

    private static ExactEvmPayment Decode(AgentMesh.Evm.Tokens.TransferWithAuthorization authorization)
    {
        var request = FacilitatorJson.ReadSettleRequest(Encoding.UTF8.GetBytes(Payments.Request(2, authorization).ToJsonString()));
        return ExactEvmPayment.Decode(request.Value!.PaymentPayload, request.Value.PaymentRequirements).Value!;
    }
}
