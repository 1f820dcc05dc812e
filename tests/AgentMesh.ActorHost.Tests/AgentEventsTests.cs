using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Tests;

/// <summary>The event log and the rate limit over HTTP, with every stored value damaged on its way as daprd does.</summary>
public sealed class AgentEventsTests
{
    private const string Alice = "default:alice";

    [Fact]
    public async Task Log_IsReadFromANumber_AcrossDeactivation()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 1; n <= 40; n++)
            await host.PostAsync(Alice, $"message {n}", $"r{n}");
        await host.DeactivateAsync(Alice);
        var page = (await host.EventsAsync(Alice, after: 62, limit: 4)).Value!;
        Assert.Equal((1, 80, null), (page.First, page.Last, page.Running));
        Assert.Equal([63L, 64, 65, 66], page.Events.Select(one => one.Seq));
        Assert.Equal(
            new AgentEvent(63, host.Time.GetUtcNow().ToUnixTimeMilliseconds(), "default", "message", new EventData("63", "user", "message 32")), page.Events[0]);
        Assert.Equal(("63", "assistant"), (page.Events[1].Data.Turn, page.Events[1].Data.Role));
    }

    [Fact]
    public async Task ReadingTheLog_CostsThePagesItShows_AndKeepsNone()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 1; n <= 40; n++)
            await host.PostAsync(Alice, "hello", $"r{n}");
        host.State.TakeCalls();
        // The open pages are in memory.
        await host.EventsAsync(Alice, after: 72);
        Assert.Empty(host.State.TakeCalls());
        for (var n = 0; n < 2; n++)
        {
            await host.EventsAsync(Alice, after: 0, limit: 1);
            Assert.Equal(["GET events:1", "GET page:default:1"], host.State.TakeCalls());
        }
    }

    [Fact]
    public async Task AgentNeverUsed_HasAnEmptyLog_AndNothingIsStored()
    {
        await using var host = await HostUnderTest.StartAsync();
        var page = (await host.EventsAsync(Alice)).Value!;
        Assert.Empty(page.Events);
        Assert.Equal((1, 0), (page.First, page.Last));
        Assert.Equal("turn_not_found", (await host.TurnAsync(Alice, "1")).Refusal!.Code);
        Assert.Equal("turn_not_found", (await host.CancelAsync(Alice, "1")).Refusal!.Code);
        Assert.Empty(host.State.KeysOf(Alice));
    }

    [Fact]
    public async Task EveryCommit_IsAnnounced()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        var announcement = await host.NextAnnouncementAsync();
        Assert.Equal([new AgentSeq(Alice, 2)], announcement.Seqs);
        Assert.Null(announcement.Deltas);
    }

    [Fact]
    public async Task AnsweredMessage_IsATurnThatIsOver()
    {
        await using var host = await HostUnderTest.StartAsync();
        var posted = (await host.PostAsync(Alice, "hello", "r1")).Value!;
        var turn = (await host.TurnAsync(Alice, posted.TurnId)).Value!;
        Assert.Equal((TurnStatus.Completed, 1, posted), (turn.Status, turn.UserSeq, turn.Answer));
        Assert.Equal(turn, (await host.CancelAsync(Alice, posted.TurnId)).Value);
        Assert.Empty(host.State.RemindersOf(Alice));
    }

    [Fact]
    public async Task DamagedEvents_QuarantineTheAgent()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await host.DeactivateAsync(Alice);
        var whole = host.State[Alice, "events:1"];
        host.State[Alice, "events:1"] = null;
        Assert.Equal("agent_quarantined", (await host.EventsAsync(Alice)).Refusal!.Code);
        Assert.Equal("agent_quarantined", (await host.PostAsync(Alice, "hello", "r2")).Refusal!.Code);
        host.State[Alice, "events:1"] = whole;
        Assert.Equal(4, (await host.PostAsync(Alice, "hello", "r3")).Value!.MessageCount);
    }

    [Fact]
    public async Task RateLimit_HoldsAcrossDeactivation_AndSaysWhatIsLeft()
    {
        await using var host = await HostUnderTest.StartAsync(
            ("AgentMesh:RateLimit:Enabled", "true"), ("AgentMesh:RateLimit:Permits", "2"), ("AgentMesh:RateLimit:WindowSeconds", "10"));
        Assert.Equal(new(2, 10, 1, 10), (await host.PostAsync(Alice, "one", "r1")).RateLimit);
        host.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(new(2, 10, 0, 7), (await host.PostAsync(Alice, "two", "r2")).RateLimit);
        await host.DeactivateAsync(Alice);
        var refused = await host.PostAsync(Alice, "three", "r3");
        Assert.Equal("rate_limited", refused.Refusal!.Code);
        Assert.Equal(new(2, 10, 0, 7), refused.RateLimit);
        host.Time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(6, (await host.PostAsync(Alice, "four", "r4")).Value!.MessageCount);
        Assert.Null((await host.PostAsync("default:bob", "one", "r1")).Refusal);
    }

    [Theory]
    [InlineData(null, 60)]
    [InlineData("3", 3)]
    public async Task RateLimit_IsWiderInDevelopment_UnlessItIsSet(string? permits, int expected)
    {
        (string, string)[] settings = permits is null ? [] : [("AgentMesh:RateLimit:Permits", permits)];
        await using var host = await HostUnderTest.StartAsync([("AgentMesh:RateLimit:Enabled", "true"), .. settings]);
        Assert.Equal(expected, (await host.PostAsync(Alice, "one", "r1")).RateLimit!.Permits);
    }
}
