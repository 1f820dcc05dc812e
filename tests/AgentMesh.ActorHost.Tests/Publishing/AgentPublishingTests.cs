using System.Text.Json.Nodes;
using AgentMesh.Contracts.Agents;
using static AgentMesh.ActorHost.Tests.Publishing.PublishedEvents;

namespace AgentMesh.ActorHost.Tests.Publishing;

/// <summary>Domain events of an agent: each is published, whatever becomes of the process, and a message costs nothing more for it.</summary>
public sealed class AgentPublishingTests
{
    [Fact]
    public async Task Message_IsTwoEvents_WithoutWhatItSays()
    {
        await using var host = await StartAsync();
        var at = host.Time.GetUtcNow();
        await host.PostAsync(Alice, "tell nobody: swordfish", "r1");
        var events = await host.PublishedAsync(2);
        Assert.Equal("pubsub/agentmesh.events", host.State.Bulk.Target);
        Assert.Equal([$"default:alice/{at.ToUnixTimeMilliseconds()}/1", $"default:alice/{at.ToUnixTimeMilliseconds()}/2"], events.Ids());
        Assert.Equal(["message role=user turn=1", "message role=assistant turn=1"], events.Select(one => one.Short()));
        Assert.All(events, one =>
        {
            Assert.Equal("com.agentmesh.agent.message.v1", one.GetProperty("type").GetString());
            Assert.Equal("/t/default/agent/alice", one.GetProperty("source").GetString());
            Assert.Equal("default", one.GetProperty("subject").GetString());
            Assert.Equal("default:alice", one.GetProperty("data").GetProperty("agent").GetString());
            Assert.Equal(at, one.GetProperty("time").GetDateTimeOffset());
            Assert.DoesNotContain("swordfish", one.GetRawText(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task UsualMessage_CostsNoWriteAndNoCallMore()
    {
        await using var host = await StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Equal(1, host.State.Registrations);
        host.State.TakeCalls();
        var published = 2;
        for (var n = 2; n <= 32; n++)
            await host.PostAsync(Alice, "hello", $"r{n}");
        await host.PublishedAsync(published + 62);
        var calls = host.State.TakeCalls();
        Assert.Equal(31, calls.Count(call => call.StartsWith("PUT", StringComparison.Ordinal)));
        Assert.DoesNotContain(calls, call => call.Contains("published", StringComparison.Ordinal));
        Assert.Empty(host.State.TakeInvoked());
        Assert.Equal(1, host.State.Registrations);
    }

    [Fact]
    public async Task NewPageOfEvents_StoresHowFarItIs_InItsTransaction()
    {
        await using var host = await StartAsync();
        for (var n = 1; n <= 32; n++)
            await host.PostAsync(Alice, "hello", $"r{n}");
        await host.PublishedAsync(64);
        host.State.TakeCalls();
        await host.PostAsync(Alice, "begins the second page", "r33");
        Assert.Contains("published", Assert.Single(host.State.TakeCalls(), call => call.StartsWith("PUT", StringComparison.Ordinal)), StringComparison.Ordinal);
        // The last batch may not be counted yet.
        Assert.InRange(StoredSeq(host), 1, 64);
        await host.PostAsync(Alice, "is an ordinary one", "r34");
        Assert.DoesNotContain("published", Assert.Single(host.State.TakeCalls(), call => call.StartsWith("PUT", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flush_StoresHowFarItIs_AndAnIdleAgentOwnsNoReminder()
    {
        await using var host = await StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Equal(("0h5m0s0ms", "0h5m0s0ms"), host.State.ReminderOf(Alice, "flush"));
        Assert.DoesNotContain("published", host.State.KeysOf(Alice));
        await host.PublishedAsync(2);
        await host.UntilAllIsStoredAsync(Alice);
        Assert.Equal(2, StoredSeq(host));
        host.State.TakeCalls();
        await host.DeactivateAsync(Alice);
        Assert.Empty(host.State.TakeCalls());
        Assert.Empty(host.State.RemindersOf(Alice));

        // The next activation goes on from there.
        await host.PostAsync(Alice, "hello", "r2");
        Assert.Equal(["flush"], host.State.RemindersOf(Alice));
        Assert.Equal([3, 4], (await host.PublishedAsync(2)).Seqs());
        Assert.Empty(host.State.TakeInvoked());
    }

    [Fact]
    public async Task Deactivation_StoresHowFarItIs()
    {
        await using var host = await StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await host.PublishedAsync(2);
        await HostUnderTest.UntilAsync(async () =>
        {
            await host.DeactivateAsync(Alice);
            if (host.State.RemindersOf(Alice).Count == 0)
                return true;
            // The publisher had not counted them yet.
            await host.InfoAsync(Alice);
            return false;
        });
        Assert.Equal(2, StoredSeq(host));
    }

    [Fact]
    public async Task DeactivationBeforeTheEventsAreOut_LeavesTheReminder()
    {
        await using var host = await StartAsync();
        host.State.Bulk.Status = 503;
        await host.PostAsync(Alice, "hello", "r1");
        await host.DeactivateAsync(Alice);
        Assert.Equal(["flush"], host.State.RemindersOf(Alice));
        await host.RemindAsync(Alice, "flush");
        Assert.Equal(["flush"], host.State.RemindersOf(Alice));
    }

    [Fact]
    public async Task KilledProcess_ItsEventsArePublishedByTheReminder_WithTheIdsTheyHaveAnyway()
    {
        await using var dead = await StartAsync();
        await dead.PostAsync(Alice, "hello", "r1");
        var first = await dead.PublishedAsync(2);
        await dead.UntilAllIsStoredAsync(Alice);
        await dead.PostAsync(Alice, "is published, but that is not stored", "r2");
        var second = await dead.PublishedAsync(2);
        dead.State.Bulk.Status = 503;
        await dead.PostAsync(Alice, "is not published", "r3");
        Assert.Equal(["flush"], dead.State.RemindersOf(Alice));

        await using var host = await StartWithStateOfAsync(dead);
        await host.RemindAsync(Alice, "flush");
        var recovered = await host.PublishedAsync(4);
        Assert.Equal([3, 4, 5, 6], recovered.Seqs());
        Assert.Equal(second.Ids(), recovered.Take(2).Ids());
        Assert.Equal(6, first.Concat(recovered).Ids().Distinct().Count());
        // The dead process' reminder was not taken over with its state, so that it is gone says nothing.
        await HostUnderTest.UntilAsync(async () =>
        {
            await host.RemindAsync(Alice, "flush");
            return StoredSeq(host) == 6;
        });
    }

    [Fact]
    public async Task KilledProcess_TheNextMessageFindsItsEvents_AndComesBehindThem()
    {
        await using var dead = await StartAsync();
        dead.State.Bulk.Status = 503;
        await dead.PostAsync(Alice, "is not published", "r1");
        await using var host = await StartWithStateOfAsync(dead);
        await host.PostAsync(Alice, "the reminder has not come yet", "r2");
        Assert.Equal([1, 2, 3, 4], (await host.PublishedAsync(4)).Seqs());
    }

    [Fact]
    public async Task LongLog_IsHandedOverInParts()
    {
        await using var host = await StartAsync(("AgentMesh:Events:Enabled", "false"));
        for (var n = 1; n <= 600; n++)
            await host.PostAsync(Alice, "hello", $"r{n}");
        await using var publishing = await StartWithStateOfAsync(host);
        await publishing.RemindAsync(Alice, "flush");
        Assert.Equal(Enumerable.Range(1, 1200).Select(seq => (long)seq), (await publishing.PublishedAsync(1200)).Seqs());
        Assert.Equal(["AgentActor/default:alice/HandEvents", "AgentActor/default:alice/HandEvents"], publishing.State.TakeInvoked());
        await publishing.UntilAllIsStoredAsync(Alice);
        Assert.Equal(1200, StoredSeq(publishing));
    }

    [Fact]
    public async Task TrimmedLog_IsPublishedFromWhereItBegins()
    {
        await using var host = await StartAsync(("AgentMesh:Events:Enabled", "false"));
        for (var n = 1; n <= 40; n++)
            await host.PostAsync(Alice, "hello", $"r{n}");
        var head = JsonNode.Parse(host.State[Alice, "head"]!)!;
        head["eventsFrom"] = 65;
        host.State[Alice, "head"] = head.ToJsonString();
        host.State[Alice, "events:1"] = null;
        await using var publishing = await StartWithStateOfAsync(host);
        await publishing.RemindAsync(Alice, "flush");
        Assert.Equal(Enumerable.Range(65, 16).Select(seq => (long)seq), (await publishing.PublishedAsync(16)).Seqs());
        await publishing.UntilAllIsStoredAsync(Alice);
    }

    [Fact]
    public async Task EventsOfAnotherActivation_AreNoGap()
    {
        // The other one publishes nothing: it has been killed right after its commit.
        await using var host = await StartAsync(("AgentMesh:Actors:HeadTrustSeconds", "0"));
        await host.PostAsync(Alice, "hello", "r1");
        await host.PublishedAsync(2);
        await using var other = HostUnderTest.Start(host.State, host.Time, _ => { });
        await other.PostAsync(Alice, "from elsewhere", "r2");
        host.State.App = host.Http;
        await host.PostAsync(Alice, "hello again", "r3");
        Assert.Equal([3, 4, 5, 6], (await host.PublishedAsync(4)).Seqs());
        await host.UntilAllIsStoredAsync(Alice);
        Assert.Equal(6, StoredSeq(host));
    }

    [Fact]
    public async Task CommitWhoseAnswerIsLost_IsPublished()
    {
        await using var host = await StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await host.PublishedAsync(2);
        host.State.FailNextPut = Testing.FailedPut.AfterStoring;
        using (var failed = await host.SendAsync(Alice, nameof(IAgentActor.PostMessage), System.Net.Http.Json.JsonContent.Create(
            new PostMessage("is stored", null, "r2", null, null), Contracts.ContractsJson.Default.PostMessage)))
        {
            Assert.False(failed.IsSuccessStatusCode);
        }

        await host.RemindAsync(Alice, "flush");
        Assert.Equal([3, 4], (await host.PublishedAsync(2)).Seqs());
    }

    [Fact]
    public async Task Erasure_IsTheLastEvent_AndNumbersBeginAnewInAnotherGeneration()
    {
        await using var host = await StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        var before = await host.PublishedAsync(2);
        await host.UntilAllIsStoredAsync(Alice);
        host.Time.Advance(TimeSpan.FromSeconds(5));
        while (!(await host.EraseAsync(Alice)).Value!.IsDone)
            Assert.NotEmpty(host.State.KeysOf(Alice));
        Assert.DoesNotContain("published", host.State.KeysOf(Alice));
        Assert.Empty(host.State.RemindersOf(Alice));
        var erased = Assert.Single(await host.PublishedAsync(1));
        Assert.Equal("erased ", erased.Short());
        Assert.Equal(before[0].GetProperty("id").GetString()![..^1] + "erased", erased.GetProperty("id").GetString());
        Assert.Equal(host.Time.GetUtcNow(), erased.GetProperty("time").GetDateTimeOffset());

        await host.PostAsync(Alice, "hello again", "r2");
        var anew = await host.PublishedAsync(2);
        Assert.Equal([1, 2], anew.Seqs());
        Assert.Empty(anew.Ids().Intersect(before.Ids()));
    }

    [Fact]
    public async Task ReminderThatCannotBeRegistered_FailsNoMessage()
    {
        await using var host = await StartAsync();
        host.State.FailsRegistrations = true;
        Assert.Null((await host.PostAsync(Alice, "hello", "r1")).Refusal);
        await host.PublishedAsync(2);
        // What no reminder would store, the deactivation does.
        await HostUnderTest.UntilAsync(async () =>
        {
            await host.PostAsync(Alice, "hello", $"r{Guid.NewGuid()}");
            await host.DeactivateAsync(Alice);
            return host.State.KeysOf(Alice).Contains("published");
        });
    }

    [Fact]
    public async Task SwitchedOff_NothingIsPublishedOrStored()
    {
        await using var host = await StartAsync(("AgentMesh:Events:Enabled", "false"));
        await host.PostAsync(Alice, "hello", "r1");
        while (!(await host.EraseAsync(Alice)).Value!.IsDone)
            Assert.NotEmpty(host.State.KeysOf(Alice));
        Assert.Equal(0, host.State.Registrations);
        Assert.Null(host.State.Bulk.Target);
    }

    private static async Task<HostUnderTest> StartWithStateOfAsync(HostUnderTest dead)
    {
        var host = await StartAsync();
        foreach (var key in dead.State.KeysOf(Alice))
            host.State[Alice, key] = dead.State[Alice, key];
        return host;
    }

    private static long StoredSeq(HostUnderTest host) => JsonNode.Parse(host.State[Alice, "published"]!)!["seq"]!.GetValue<long>();
}
