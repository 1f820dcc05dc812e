using AgentMesh.X402.Exact.Evm.ResourceServer;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.X402.Tests.Exact.Evm.ResourceServer;

public sealed class PaymentWatchTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private readonly PaymentWatch _watch = new();
    private readonly FakeTimeProvider _time = new(TestPayments.Now);

    [Fact]
    public void Payment_IsWatched_UntilTheLastWatcherHasGone()
    {
        Assert.Equal(0, _watch.Count);
        var first = _watch.Begin("a");
        var second = _watch.Begin("a");
        var other = _watch.Begin("b");
        Assert.Equal(2, _watch.Count);
        first.Dispose();
        Assert.Equal(2, _watch.Count);
        second.Dispose();
        Assert.Equal(1, _watch.Count);
        other.Dispose();
        Assert.Equal(0, _watch.Count);
    }

    [Fact]
    public void Change_IsToldToAllThatWaitForThePayment_AndToNobodyElse()
    {
        using var first = _watch.Begin("a");
        var next = first.Next;
        using var second = _watch.Begin("a");
        using var other = _watch.Begin("b");
        Assert.Same(next, second.Next);
        _watch.Changed("a");
        Assert.True(next.IsCompletedSuccessfully);
        Assert.False(other.Next.IsCompleted);
    }

    [Fact]
    public void NextChange_IsAnotherOne()
    {
        using var watcher = _watch.Begin("a");
        _watch.Changed("a");
        var next = watcher.Next;
        Assert.False(next.IsCompleted);
        _watch.Changed("a");
        Assert.True(next.IsCompletedSuccessfully);
    }

    [Fact]
    public void WatcherThatGoes_LeavesTheOthersTheirChange()
    {
        using var stays = _watch.Begin("a");
        var next = stays.Next;
        _watch.Begin("a").Dispose();
        _watch.Changed("a");
        Assert.True(next.IsCompletedSuccessfully);
    }

    [Fact]
    public void ChangeOfAPaymentThatNobodyWaitsFor_IsNotKept()
    {
        _watch.Changed("a");
        Assert.Equal(0, _watch.Count);
        using var late = _watch.Begin("a");
        Assert.False(late.Next.IsCompleted);
    }

    [Fact]
    public async Task Wait_EndsWithTheChange()
    {
        using var watcher = _watch.Begin("a");
        var waiting = PaymentWatch.WaitAsync(watcher.Next, Longest, _time, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        _watch.Changed("a");
        await waiting;
    }

    /// <summary>Whoever works on the payment may be another process, which tells nobody here.</summary>
    [Fact]
    public async Task Wait_EndsWithoutAChange_WhenItIsTimeToLook()
    {
        using var watcher = _watch.Begin("a");
        var waiting = PaymentWatch.WaitAsync(watcher.Next, Longest, _time, TestContext.Current.CancellationToken);
        _time.Advance(Longest - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await waiting;
        Assert.False(watcher.Next.IsCompleted);
    }

    [Fact]
    public async Task WaitThatIsGivenUp_IsNoChange()
    {
        using var watcher = _watch.Begin("a");
        using var given = new CancellationTokenSource();
        var waiting = PaymentWatch.WaitAsync(watcher.Next, Longest, _time, given.Token);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    /// <summary>Requests wait for many changes one after the other; each would leave a timer behind.</summary>
    [Fact]
    public async Task WaitThatHasEnded_LeavesNoTimer()
    {
        var time = new TrackedTime(TimeSpan.Zero);
        await PaymentWatch.WaitAsync(Task.CompletedTask, Longest, time, TestContext.Current.CancellationToken);
        Assert.Equal([Longest], time.Waits);
        Assert.Equal(0, time.Open);
    }

    [Fact]
    public async Task Wait_DoesNotComeBackIntoTheCallersContext()
    {
        using var watcher = _watch.Begin("a");
        await CallerContext.RunAsync(
            async () =>
            {
                await PaymentWatch.WaitAsync(watcher.Next, Longest, _time, TestContext.Current.CancellationToken).ConfigureAwait(false);
                return true;
            },
            () => _watch.Changed("a"));
    }
}
