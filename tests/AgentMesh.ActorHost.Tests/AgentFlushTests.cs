using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Tests;

/// <summary>Soft state: kept in memory, written by the reminder or the deactivation, lost in a crash; nobody who rests owns a reminder.</summary>
public sealed class AgentFlushTests
{
    private const string Alice = "default:alice";

    [Fact]
    public async Task Reads_AreWrittenByTheReminder_WhichGoes()
    {
        await using var host = await StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Empty(host.State.RemindersOf(Alice));
        var first = (await host.InfoAsync(Alice)).Value!;
        Assert.Equal((null, 0), (first.LastSeen, first.Reads));
        Assert.Equal(("0h5m0s0ms", "0h5m0s0ms"), host.State.ReminderOf(Alice, "flush"));

        // The first read registers; the others change memory, and nothing else.
        host.State.TakeCalls();
        var seen = host.Time.GetUtcNow();
        for (var n = 0; n < 10; n++)
            await host.HistoryAsync(Alice);
        Assert.Empty(host.State.TakeCalls());
        Assert.Equal(1, host.State.Registrations);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((seen, 11), Usage((await host.InfoAsync(Alice)).Value!));
        Assert.Equal(["GET ledger"], host.State.TakeCalls());

        await host.RemindAsync(Alice, "flush");
        Assert.Equal(["PUT usage"], host.State.TakeCalls());
        Assert.Empty(host.State.RemindersOf(Alice));
        await host.RemindAsync(Alice, "flush");
        Assert.Empty(host.State.TakeCalls());
        await host.DeactivateAsync(Alice);
        Assert.Empty(host.State.TakeCalls());
        Assert.Equal((seen.AddSeconds(1), 12), Usage((await host.InfoAsync(Alice)).Value!));
        Assert.Equal(2, host.State.Registrations);
    }

    [Theory]
    [InlineData("info")]
    [InlineData("history")]
    [InlineData("events")]
    [InlineData("session")]
    [InlineData("sessions")]
    public async Task EveryRead_Counts_AndOfAnAgentThatIsNotThereNone(string read)
    {
        await using var host = await StartAsync();
        await ReadAsync();
        Assert.Empty(host.State.RemindersOf(Alice));
        await host.PostAsync(Alice, "hello", "r1");
        await ReadAsync();
        Assert.Equal(["flush"], host.State.RemindersOf(Alice));
        Assert.Equal((host.Time.GetUtcNow(), 1), Usage((await host.InfoAsync(Alice)).Value!));

        Task ReadAsync() => read switch
        {
            "info" => host.InfoAsync(Alice),
            "history" => host.HistoryAsync(Alice),
            "events" => host.EventsAsync(Alice),
            "session" => host.GetSessionAsync(Alice, "default"),
            _ => host.ListSessionsAsync(Alice),
        };
    }

    [Fact]
    public async Task Deactivation_WritesWhatIsLeft_AndTakesTheReminderAway()
    {
        await using var host = await StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await host.HistoryAsync(Alice);
        var seen = host.Time.GetUtcNow();
        await host.DeactivateAsync(Alice);
        Assert.Empty(host.State.RemindersOf(Alice));
        host.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((seen, 1), Usage((await host.InfoAsync(Alice)).Value!));
        // An agent that nobody looked at has nothing to write.
        await host.RemindAsync(Alice, "flush");
        await host.PostAsync(Alice, "hello", "r2");
        host.State.TakeCalls();
        await host.DeactivateAsync(Alice);
        Assert.Empty(host.State.TakeCalls());
    }

    [Fact]
    public async Task Crash_LosesSoftStateAndNothingElse_AndTheReminderItLeftGoes()
    {
        await using var dead = await StartAsync();
        await dead.PostAsync(Alice, "hello", "r1");
        await dead.HistoryAsync(Alice);
        await using var host = await StartAsync();
        foreach (var key in dead.State.KeysOf(Alice))
            host.State[Alice, key] = dead.State[Alice, key];
        await host.RemindAsync(Alice, "flush");
        Assert.Empty(host.State.RemindersOf(Alice));
        Assert.DoesNotContain("usage", host.State.KeysOf(Alice));
        var info = (await host.InfoAsync(Alice)).Value!;
        Assert.Equal((2, null, 0), (info.MessageCount, info.LastSeen, info.Reads));
    }

    [Fact]
    public async Task FailedFlush_IsDoneByTheNextTick()
    {
        await using var host = await StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await host.HistoryAsync(Alice);
        var seen = host.Time.GetUtcNow();
        host.State.FailNextPut = Testing.FailedPut.BeforeStoring;
        using (var failed = await host.Http.PutAsync(
            new Uri($"actors/AgentActor/{Alice}/method/remind/flush", UriKind.Relative),
            System.Net.Http.Json.JsonContent.Create(new { data = "", dueTime = "", period = "0h5m0s0ms" }),
            TestContext.Current.CancellationToken))
        {
            Assert.False(failed.IsSuccessStatusCode);
        }

        Assert.Equal(["flush"], host.State.RemindersOf(Alice));
        await host.RemindAsync(Alice, "flush");
        Assert.Empty(host.State.RemindersOf(Alice));
        Assert.Equal((seen, 1), Usage((await host.InfoAsync(Alice)).Value!));

        // A deactivation that cannot write lets go.
        host.State.FailNextPut = Testing.FailedPut.BeforeStoring;
        await host.DeactivateAsync(Alice);
        Assert.Equal(1, (await host.InfoAsync(Alice)).Value!.Reads);
    }

    [Fact]
    public async Task RemindersThatCannotBeRegistered_FailNoRead()
    {
        await using var host = await StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        host.State.FailsRegistrations = true;
        Assert.Null((await host.HistoryAsync(Alice)).Refusal);
        host.State.FailsRegistrations = false;
        await host.HistoryAsync(Alice);
        Assert.Empty(host.State.RemindersOf(Alice));
        host.Time.Advance(TimeSpan.FromMinutes(5));
        await host.HistoryAsync(Alice);
        Assert.Equal(["flush"], host.State.RemindersOf(Alice));
        Assert.Equal(3, (await host.InfoAsync(Alice)).Value!.Reads);
    }

    [Fact]
    public async Task ErasedAgent_LeavesNoTrace()
    {
        await using var host = await StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await host.InfoAsync(Alice);
        await host.RemindAsync(Alice, "flush");
        await host.InfoAsync(Alice);
        while (!(await host.EraseAsync(Alice)).Value!.IsDone)
            Assert.Equal(AgentRefusals.AgentErasing, (await host.InfoAsync(Alice)).Refusal!.Code);
        Assert.Empty(host.State.RemindersOf(Alice));
        await host.DeactivateAsync(Alice);
        Assert.Empty(host.State.KeysOf(Alice));
    }

    private static (DateTimeOffset?, long) Usage(AgentInfo info) => (info.LastSeen, info.Reads);

    private static Task<HostUnderTest> StartAsync() => HostUnderTest.StartAsync(("AgentMesh:Flush:IntervalSeconds", "300"));
}
