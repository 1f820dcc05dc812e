using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.Contracts.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AgentMesh.ActorHost.Tests.TenantBudgets;

/// <summary>What a process has of its tenants' limits.</summary>
public sealed class TenantLeasesTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Reservation_CountsUntilItIsReturned()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("100");
        var reservation = await host.ReserveGivenAsync(60);
        Assert.Equal(("0", "60", "40"), await host.FirstLimitAsync());
        Assert.Equal("budget_exceeded", (await host.ReserveAsync(41)).Refusal?.Code);
        TenantGate.Return(reservation, 60);
        TenantGate.Return(reservation, 60);
        await host.ReserveGivenAsync(60);
        Assert.Equal("budget_exceeded", (await host.ReserveAsync(41)).Refusal?.Code);
        await host.ReserveGivenAsync(40);
    }

    [Fact]
    public async Task ManyReservations_AskTheTenantSeldom()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("1000000");
        for (var n = 0; n < 1000; n++)
            await host.ReserveGivenAsync(100);
        var asked = host.State.TakeInvoked().Count(call => call.EndsWith(nameof(ITenantBudgets.TakeLease), StringComparison.Ordinal));
        Assert.InRange(asked, 2, 15);
        Assert.Equal("0", (await host.FirstLimitAsync()).Posted);
    }

    [Fact]
    public async Task Lease_InUse_IsRenewed_AndPostsWhatWasSpent()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("100");
        TenantGate.Return(await host.ReserveGivenAsync(30), 10);
        var held = await host.ReserveGivenAsync(40);
        await host.AdvanceUntilAsync(Second, async () => (await host.FirstLimitAsync()).Posted == "20");
        for (var n = 0; n < 10; n++)
        {
            var until = (await host.BudgetAsync()).Value!.Leases.Single().Until;
            host.Time.Advance(TimeSpan.FromSeconds(31));
            // The clock that wakes the process may have been set just before, or is only now. Slowly: a call of the process takes real time, on a busy machine
            // seconds, and the lease has half a minute left.
            await host.AdvanceUntilAsync(TimeSpan.FromMilliseconds(2), async () => (await host.BudgetAsync()).Value!.Leases.Single().Until > until);
        }

        Assert.Equal(("20", "40", "40"), await host.FirstLimitAsync());
        TenantGate.Return(held, 15);
        await host.AdvanceUntilAsync(Second, async () => await host.FirstLimitAsync() == ("45", "0", "55"));
        Assert.Empty((await host.BudgetAsync()).Value!.Leases);
    }

    /// <summary>The process gives back what it does not need, and needs it before the answer is there: another may have it by then.</summary>
    [Fact]
    public async Task Reservation_WhileTheLeaseShrinks_IsNotOfWhatIsGivenBack()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("100");
        await host.ReserveGivenAsync(10);
        var idle = await host.ReserveGivenAsync(50);
        TenantGate.Return(idle, 50);
        var (isShrinking, isTaken) = (NewSignal(), NewSignal());
        host.State.BeforeInvoke = async call =>
        {
            if (call.EndsWith($"/{nameof(ITenantBudgets.TakeLease)}", StringComparison.Ordinal) && isShrinking.TrySetResult())
                await isTaken.Task;
            return true;
        };
        await host.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => Task.FromResult(isShrinking.Task.IsCompleted));
        var late = host.ReserveAsync(50);
        // What is there at the moment is about to be the tenant's again.
        Assert.False(late.IsCompleted);
        isTaken.SetResult();
        Assert.Null((await late).Refusal);
        Assert.Equal("0", (await host.TakeLeaseAsync("another", 1, "41")).Value!.Granted);
    }

    [Fact]
    public async Task Process_ThatEnds_GivesBackWhatItHas()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("1000");
        TenantGate.Return(await host.ReserveGivenAsync(30), 10);
        await host.ReserveGivenAsync(5);
        await ((IHostedLifecycleService)host.Services.GetRequiredService<TenantLeases>()).StoppingAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("25", "0", "975"), await host.FirstLimitAsync());
        Assert.Equal("tenant_unknown", (await host.ReserveAsync(1)).Refusal?.Code);
    }

    /// <summary>A process that died had 60: all of it is spent when its lease is over, and whatever it says later changes nothing.</summary>
    [Fact]
    public async Task LeaseHolder_ThatDied_HasSpentItsLease()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("100");
        Assert.Equal("60", (await host.TakeLeaseAsync("dead", 1, "60")).Value!.Granted);
        Assert.Equal("budget_exceeded", (await host.ReserveAsync(41)).Refusal?.Code);
        host.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(("60", "0", "40"), await host.FirstLimitAsync());
        Assert.Equal("lease_ended", (await host.TakeLeaseAsync("dead", 2, "60", "10")).Refusal?.Code);
        Assert.Equal(("60", "0", "40"), await host.FirstLimitAsync());
        await host.ReserveGivenAsync(40);
    }

    /// <summary>An answer that is lost, and an order that is repeated, give nothing twice.</summary>
    [Fact]
    public async Task LostAnswer_IsAskedAnew()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("100");
        await host.ReserveGivenAsync(10);
        host.State.FailNextPut = Testing.FailedPut.AfterStoring;
        Assert.Equal("tenant_unknown", (await host.ReserveAsync(50)).Refusal?.Code);
        await host.ReserveGivenAsync(90);
        Assert.Equal(("0", "100", "0"), await host.FirstLimitAsync());
    }

    [Fact]
    public async Task LoweredLimit_IsKnownToTheHolder()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("1600");
        for (var n = 0; n < 8; n++)
            await host.ReserveGivenAsync(10);
        await host.LimitAsync("80");
        await host.AdvanceUntilAsync(Second, async () => await host.FirstLimitAsync() == ("0", "80", "0"));
        Assert.Equal("budget_exceeded", (await host.ReserveAsync(1)).Refusal?.Code);
    }

    [Fact]
    public async Task ReturnedAmount_IsNotMoreThanWasReserved()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.LimitAsync("100");
        var reservation = await host.ReserveGivenAsync(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => TenantGate.Return(reservation, 11));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
