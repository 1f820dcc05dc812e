using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Mail;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Tests.Mail;

/// <summary>Requests to send of one agent wait for each other when there are many; those of others do not.</summary>
public sealed class MailPaceTests
{
    private static readonly AgentKey Alice = new(TenantId.Parse("default"), UserId.Parse("alice"));

    [Fact]
    public async Task Burst_IsServed_TheRestWaits_AndMoreIsRefused()
    {
        using var pace = new MailPace(new MailPaceOptions { SendsPerSecond = 1 });
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        for (var n = 0; n < MailPace.Burst; n++)
            Assert.Null(await pace.WaitAsync(Alice, gone.Token));
        // A turn comes each second: as many more as there may be in a long test.
        var waiting = Enumerable.Range(0, MailPace.MaxWaiting + 30).Select(_ => pace.WaitAsync(Alice, gone.Token).AsTask()).ToList();
        var refused = await waiting[^1];
        Assert.Equal(MailCodes.MailRateLimited, refused!.Refusal!.Code);
        Assert.Equal(new RateLimit(1, 1, 0, 100), refused.RateLimit);
        Assert.False(waiting[MailPace.MaxWaiting - 1].IsCompleted);
        Assert.Null(await pace.WaitAsync(new AgentKey(Alice.Tenant, UserId.Parse("bob")), gone.Token));
        Assert.Null(await waiting[0]);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[MailPace.MaxWaiting - 1]);
    }

    [Fact]
    public async Task Pace_IsWhatIsSet()
    {
        using var pace = new MailPace(new MailPaceOptions { SendsPerSecond = 200 });
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 120).Select(_ => pace.WaitAsync(Alice, TestContext.Current.CancellationToken).AsTask()));
        // 20 at once, and 100 at 200 a second; later on a busy machine, earlier never but for the turn of the clock.
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(300));
    }
}
