using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Exact.Evm.ResourceServer;

public sealed class AuthorizedTransferTests
{
    [Theory]
    [MemberData(nameof(TestPayments.Versions), MemberType = typeof(TestPayments))]
    public void Transfer_IsWhatThePayerSigned(int version)
    {
        var payment = TestPayments.Sign(version).Payment;
        Assert.Equal(
            new AuthorizedTransfer(
                EvmNetwork.BaseSepolia, KnownAssets.UsdcOnBaseSepolia.Address, TestPayments.Buyer.Address, TestPayments.Seller, 100_000UL,
                payment.Authorization.Nonce, TestPayments.Now.AddSeconds(60)),
            AuthorizedTransfer.Of(payment));
    }

    /// <summary>A minute longer than it says: clocks differ, and the newest block may be replaced by one with an earlier time.</summary>
    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(60 * TimeSpan.TicksPerSecond - 1, false)]
    [InlineData(60 * TimeSpan.TicksPerSecond, false)]
    [InlineData(60 * TimeSpan.TicksPerSecond + 1, true)]
    public void Transfer_HasExpired_AMinuteAfterValidBefore(long ticks, bool hasExpired)
    {
        var transfer = AuthorizedTransfer.Of(TestPayments.Sign(X402Version.V2).Payment);
        Assert.Equal(hasExpired, transfer.HasExpired(transfer.ValidBefore.AddTicks(ticks)));
    }

    [Fact]
    public void TransferForEver_NeverExpires()
    {
        var transfer = AuthorizedTransfer.Of(TestPayments.Sign(X402Version.V2).Payment) with { ValidBefore = DateTimeOffset.MaxValue };
        Assert.False(transfer.HasExpired(DateTimeOffset.MaxValue));
    }
}
