using AgentMesh.Sidecar.Actors;

namespace AgentMesh.Sidecar.Tests.Actors;

public sealed class TurnLockTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Turns_AreGivenInTheOrderOfAsking()
    {
        var turn = new TurnLock();
        Assert.True(await turn.EnterAsync(Token));
        var waiting = Enumerable.Range(0, 10).Select(_ => turn.EnterAsync(Token).AsTask()).ToList();

        foreach (var next in waiting)
        {
            Assert.DoesNotContain(true, waiting.SkipWhile(task => task != next).Select(task => task.IsCompleted));
            turn.Exit();
            Assert.True(await next);
        }
    }

    [Fact]
    public async Task Enter_CancelledWhileWaiting_LetsTheNextOneIn()
    {
        var turn = new TurnLock();
        Assert.True(await turn.EnterAsync(Token));
        using var leaving = new CancellationTokenSource();
        var first = turn.EnterAsync(leaving.Token).AsTask();
        var second = turn.EnterAsync(Token).AsTask();

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        turn.Exit();

        Assert.True(await second);
    }

    [Fact]
    public async Task Enter_AlreadyCancelled_NeverWaits()
    {
        var turn = new TurnLock();
        Assert.True(await turn.EnterAsync(Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await turn.EnterAsync(new CancellationToken(true)));
        turn.Exit();
        Assert.True(turn.TryEnterIdle());
    }

    [Fact]
    public async Task Close_SendsEveryoneElsewhere()
    {
        var turn = new TurnLock();
        Assert.True(await turn.EnterAsync(Token));
        var waiting = turn.EnterAsync(Token).AsTask();

        turn.Close();

        Assert.False(await waiting);
        Assert.False(await turn.EnterAsync(Token));
        Assert.False(turn.TryEnterIdle());
    }

    [Fact]
    public async Task TryEnterIdle_TakesOnlyAFreeTurn()
    {
        var turn = new TurnLock();
        Assert.True(turn.TryEnterIdle());
        Assert.False(turn.TryEnterIdle());
        turn.Exit();
        Assert.True(await turn.EnterAsync(Token));
        Assert.False(turn.TryEnterIdle());
    }

    [Fact]
    public async Task ManyCallers_NeverTwoAtOnce()
    {
        var turn = new TurnLock();
        var inside = 0;
        var sum = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 2_000), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Token }, async (_, _) =>
        {
            Assert.True(await turn.EnterAsync(Token));
            Assert.Equal(1, Interlocked.Increment(ref inside));
            sum++;
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            turn.Exit();
        });
        Assert.Equal(2_000, sum);
    }
}
