using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Mail;
using AgentMesh.Primitives;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Mail;

/// <summary>Requests to send of one agent wait for each other when there are many; those of others do not.</summary>
public sealed class MailPaceTests
{
    private static readonly AgentKey Alice = new(TenantId.Parse("default"), UserId.Parse("alice"));
    private static readonly AgentKey Bob = new(TenantId.Parse("default"), UserId.Parse("bob"));

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Burst_IsServed_TheRestWaits_AndMoreIsRefused()
    {
        using var pace = Pace(1);
        for (var n = 0; n < MailPace.Burst; n++)
            Assert.Null(await Ask(pace));
        var waiting = Enumerable.Range(0, MailPace.MaxWaiting).Select(_ => Ask(pace)).ToList();
        var refused = (await Ask(pace))!;
        Assert.Equal((MailCodes.MailRateLimited, new RateLimit(1, 1, 0, 100)), (refused.Refusal!.Code, refused.RateLimit));
        Assert.Null(await pace.WaitAsync(Bob, TestContext.Current.CancellationToken));
        Assert.DoesNotContain(waiting, one => one.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await waiting[0]);
        Assert.False(waiting[1].IsCompleted);
        // One place is free again.
        Assert.False(Ask(pace).IsCompleted);
        Assert.NotNull(await Ask(pace));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(19)]
    [InlineData(20)]
    [InlineData(25)]
    [InlineData(99)]
    [InlineData(333)]
    [InlineData(1_001)]
    [InlineData(9_999)]
    [InlineData(10_000)]
    public void Pace_IsWhatIsSet(int perSecond)
    {
        using var pace = Pace(perSecond);
        for (var n = 0; n < MailPace.Burst; n++)
            Assert.True(Ask(pace).IsCompletedSuccessfully);
        var waiting = new List<Task<Reply<SentMail>?>>();
        var served = 0;
        for (var ms = 1; ms <= 2_000; ms++)
        {
            while (waiting.Count < MailPace.MaxWaiting)
                waiting.Add(Ask(pace));
            _time.Advance(TimeSpan.FromMilliseconds(1));
            served += waiting.RemoveAll(one => one.IsCompletedSuccessfully);
            Assert.Equal(perSecond * ms / 1_000, served);
        }
    }

    /// <summary>A timer of a busy machine is late; nobody waits longer for it in the end.</summary>
    [Fact]
    public void LateTimer_TakesNothingFromThoseWhoWait()
    {
        using var pace = Pace(1_000);
        var asked = Enumerable.Range(0, MailPace.Burst + MailPace.MaxWaiting).Select(_ => Ask(pace)).ToList();
        _time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Equal(MailPace.Burst + 60, asked.Count(one => one.IsCompleted));
    }

    [Fact]
    public async Task CallerThatHasGone_LeavesItsPlaceToTheNext()
    {
        using var pace = Pace(1);
        using var gone = new CancellationTokenSource();
        for (var n = 0; n < MailPace.Burst; n++)
            Assert.Null(await Ask(pace));
        var first = pace.WaitAsync(Alice, gone.Token).AsTask();
        var second = Ask(pace);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pace.WaitAsync(Alice, gone.Token).AsTask());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await second);
    }

    /// <summary>Two of twenty are earned again in two seconds; then there is nothing to remember.</summary>
    [Fact]
    public async Task IdleAgent_HasItsBurstAgain_AndIsForgotten()
    {
        using var pace = Pace(1);
        Assert.Null(await Ask(pace));
        Assert.Null(await Ask(pace));
        _time.Advance(TimeSpan.FromMilliseconds(1_999));
        Assert.Equal(1, pace.Remembered);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, pace.Remembered);
        _time.Advance(TimeSpan.FromHours(1));
        var asked = Enumerable.Range(0, MailPace.Burst + 1).Select(_ => Ask(pace)).ToList();
        Assert.Equal(MailPace.Burst, asked.Count(one => one.IsCompleted));
    }

    [Fact]
    public async Task EndOfTheProcess_EndsTheWaiting()
    {
        var pace = Pace(1);
        var asked = Enumerable.Range(0, MailPace.Burst + 1).Select(_ => Ask(pace)).ToList();
        pace.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked[^1]);
    }

    private MailPace Pace(int perSecond) => new(new MailPaceOptions { SendsPerSecond = perSecond }, _time);

    private static Task<Reply<SentMail>?> Ask(MailPace pace) => pace.WaitAsync(Alice, TestContext.Current.CancellationToken).AsTask();
}
