using AgentMesh.Agents.DueWork;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests.Sweeping;

/// <summary>What comes into the index of due work, how often, and what of it an erasure leaves.</summary>
public sealed class DueNotesTests
{
    private const string Alice = SweptHost.Alice;

    [Fact]
    public async Task TurnThatIsOverWithinTheDelay_IsNotNoted()
    {
        await using var model = await FakeModelServer.StartAsync();
        model.Behave(new ModelBehavior(), new ModelBehavior { IsSilent = true });
        await using var host = await SweptHost.StartAsync(
            ("AgentMesh:Sweep:NoteDelaySeconds", "5"),
            ("AgentMesh:Responder:Provider", "openai"), ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()),
            ("AgentMesh:Responder:Model", "m"), ("AgentMesh:Responder:ApiKey", "sk-test-0123456789"));
        await host.PostAsync(Alice, "hello", "r1");
        await host.UntilAsync(Alice, 2);
        Assert.Equal(TurnStatus.Completed, (await host.TurnAsync(Alice, "1")).Value!.Status);
        await host.PostAsync("default:bob", "hello", "r1");
        await host.AdvanceUntilAsync(() => host.DueOf("bob") is not null);
        Assert.Null(host.DueOf("alice"));
    }

    [Fact]
    public async Task BusyAgent_IsNotedOnceInAnInterval()
    {
        await using var host = await SweptHost.StartAsync();
        await host.CreateScheduleAsync(Alice, SweptHost.Every(10));
        await host.UntilNotedAsync();
        for (var run = 1; run <= 30; run++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(10));
            await host.RemindAsync(Alice, "schedule");
            await host.UntilAsync(() => host.DueOf("alice") > host.Time.GetUtcNow());
        }

        Assert.Equal(60, (await host.InfoAsync(Alice)).Value!.MessageCount);
        // The first, and one for each of five minutes.
        Assert.Equal(6, host.Taken(nameof(ITenantActor.NoteDue)));
    }

    [Fact]
    public async Task ReminderThatDidItsWork_MovesTheEntry_AndTheSweepFindsNothing()
    {
        await using var host = await SweptHost.StartAsync();
        var start = host.Time.GetUtcNow();
        await host.CreateScheduleAsync(Alice, SweptHost.Every(3600));
        await host.UntilNotedAsync();
        host.Time.Advance(TimeSpan.FromHours(1));
        await host.RemindAsync(Alice, "schedule");
        await host.UntilAsync(() => host.DueOf("alice") == start.AddHours(2));
        host.Time.Advance(TimeSpan.FromSeconds(30));
        await host.SweepAsync();
        Assert.Equal(0, host.Taken(nameof(IAgentSweep.LookAfter)));
    }

    [Fact]
    public async Task NoteThatFails_IsTriedAgain()
    {
        await using var host = await SweptHost.StartAsync();
        var failures = 3;
        host.State.BeforeInvoke = call => Task.FromResult(!call.EndsWith("/NoteDue", StringComparison.Ordinal) || Interlocked.Decrement(ref failures) < 0);
        await host.CreateScheduleAsync(Alice, SweptHost.Every(3600));
        await host.UntilNotedAsync();
        Assert.Equal(4, host.Taken(nameof(ITenantActor.NoteDue)));
    }

    [Fact]
    public async Task Notes_AreWrittenInBatches_EachTenantForItself()
    {
        await using var host = await SweptHost.StartAsync(("AgentMesh:Sweep:NoteDelaySeconds", "5"));
        string[] agents = ["acme:bob", .. Enumerable.Range(0, 65).Select(n => $"default:user-{n}")];
        foreach (var agent in agents)
            await host.CreateScheduleAsync(agent, SweptHost.Every(3600));
        await host.AdvanceUntilAsync(() => host.DueOf("bob", "acme") is not null && Enumerable.Range(0, 65).All(n => host.DueOf($"user-{n}") is not null));
        Assert.InRange(host.Taken(nameof(ITenantActor.NoteDue)), 4, 8);
        await host.UntilAsync(() => host.RegisteredOf() is not null && host.RegisteredOf("acme") is not null);
    }

    [Fact]
    public async Task ErasedAgent_LeavesTheIndex_WithTheCallOfWhoErasedIt()
    {
        await using var host = await SweptHost.StartAsync();
        await host.CreateScheduleAsync(Alice, SweptHost.Every(3600));
        await host.CreateScheduleAsync("default:bob", SweptHost.Every(3600));
        await host.UntilNotedAsync();
        await host.UntilNotedAsync("bob");
        while (!(await host.EraseAsync(Alice)).Value!.IsDone)
            Assert.NotEmpty(host.State.KeysOf(Alice));
        Assert.Equal(1, await host.ForgetAsync("alice"));
        Assert.Equal(0, await host.ForgetAsync("alice"));
        Assert.DoesNotContain(host.State.KeysOf("default"), key => host.State["default", key]!.Contains("alice", StringComparison.Ordinal));
        Assert.NotNull(host.DueOf("bob"));
        await host.ForgetAsync("bob");
        Assert.Empty(host.State.KeysOf("default"));
    }

    [Fact]
    public async Task ErasedAgent_IsNotNotedByWhatWasUnderWay()
    {
        await using var host = await SweptHost.StartAsync();
        var isUnderWay = new TaskCompletionSource();
        var mayGoOn = new TaskCompletionSource();
        host.State.BeforeInvoke = async call =>
        {
            if (call.EndsWith("/NoteDue", StringComparison.Ordinal))
            {
                isUnderWay.SetResult();
                await mayGoOn.Task;
            }

            return true;
        };
        await host.CreateScheduleAsync(Alice, SweptHost.Every(3600));
        await isUnderWay.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        while (!(await host.EraseAsync(Alice)).Value!.IsDone)
            Assert.NotEmpty(host.State.KeysOf(Alice));
        Assert.Equal(0, await host.ForgetAsync("alice"));
        mayGoOn.SetResult();
        var forgotten = 0;
        await host.UntilAsync(() => (forgotten += host.Taken(nameof(ITenantActor.ForgetDue))) > 0 && host.State.KeysOf("default").Count == 0);
    }

    [Fact]
    public async Task SweepThatIsOff_NotesNothing()
    {
        await using var host = await SweptHost.StartAsync(("AgentMesh:Sweep:IntervalSeconds", "0"));
        await host.CreateScheduleAsync(Alice, SweptHost.Every(3600));
        await host.RemindAsync(Alice, "schedule");
        Assert.Empty(host.State.TakeInvoked());
        Assert.Equal(0, host.State.States.Reads);
        // An agent answers a sweep of another process all the same.
        await host.NoteAsync(host.Time.GetUtcNow().AddSeconds(-30), "alice");
        await host.SweepAsync();
        Assert.Equal(1, host.State.States.Reads);
    }

    [Fact]
    public async Task Batch_HasALimit()
    {
        await using var host = await SweptHost.StartAsync();
        var now = host.Time.GetUtcNow();
        string[] users = [.. Enumerable.Range(0, DueLimits.Batch + 1).Select(n => $"u{n}")];
        Assert.Equal(now, (await host.NoteAsync(now, users[..DueLimits.Batch])).First);
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => host.NoteAsync(now, users));
    }
}
