using AgentMesh.Contracts.Agents;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests.Sweeping;

/// <summary>Agents whose reminders are lost, and what a sweep finds.</summary>
public sealed class SweepTests
{
    private const string Alice = SweptHost.Alice;

    [Fact]
    public async Task LostScheduleReminder_TheScheduleRunsOnce_AndIsWaitedForAgain()
    {
        await using var host = await SweptHost.StartAsync();
        var start = host.Time.GetUtcNow();
        await host.CreateScheduleAsync(Alice, SweptHost.Every(3600));
        await host.UntilNotedAsync();
        Assert.Equal((start.AddHours(1), start.AddHours(1)), (host.DueOf("alice"), host.RegisteredOf()));
        host.State.LoseReminder(Alice, "schedule");
        await host.DeactivateAsync(Alice);

        // The grace belongs to the reminders.
        host.Time.Advance(TimeSpan.FromSeconds(3600 + 30) - TimeSpan.FromMilliseconds(1));
        await host.SweepAsync();
        Assert.Equal(0, host.Taken(nameof(IAgentSweep.LookAfter)));
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        await host.SweepAsync();
        await host.UntilAsync(() => host.DueOf("alice") == start.AddHours(2));
        Assert.Equal(2, (await host.InfoAsync(Alice)).Value!.MessageCount);
        Assert.Equal(("0h59m30s0ms", "0h1m0s0ms"), host.State.ReminderOf(Alice, "schedule"));

        // A late tick, and sweeps, find nothing to do.
        await host.RemindAsync(Alice, "schedule");
        await host.SweepAsync();
        // One of two sweepers may have put an earlier time there, which the next sweep corrects.
        await host.AdvanceUntilAsync(() => host.RegisteredOf() == start.AddHours(2));
        Assert.Equal(2, (await host.InfoAsync(Alice)).Value!.MessageCount);
        Assert.Equal(1, host.Taken(nameof(IAgentSweep.LookAfter)));
    }

    [Fact]
    public async Task LostWorkReminder_OfADeadProcess_TheTurnRunsAgain()
    {
        await using var model = await FakeModelServer.StartAsync();
        model.Behave(new ModelBehavior { IsSilent = true }, new ModelBehavior());
        (string, string)[] settings =
        [
            ("AgentMesh:Responder:Provider", "openai"), ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()),
            ("AgentMesh:Responder:Model", "m"), ("AgentMesh:Responder:ApiKey", "sk-test-0123456789"),
        ];
        await using var dead = await SweptHost.StartAsync(settings);
        var start = dead.Time.GetUtcNow();
        Assert.True((await dead.PostAsync(Alice, "hello", "r1")).Value!.IsPending);
        await dead.UntilNotedAsync();
        Assert.Equal(start.AddSeconds(60), dead.DueOf("alice"));
        // Its run waits for the model, which answers the next.
        await model.Requests.ReadAsync(TestContext.Current.CancellationToken);

        // The store is what is left of it.
        await using var host = await SweptHost.StartAsync(settings);
        foreach (var actor in new[] { Alice, "default" })
        {
            foreach (var key in dead.State.KeysOf(actor))
                host.State[actor, key] = dead.State[actor, key];
        }

        host.Register(dead.RegisteredOf()!.Value, "default");
        host.Time.Advance(TimeSpan.FromSeconds(90));
        await host.SweepAsync();
        await host.UntilAsync(Alice, 2);
        Assert.Equal((TurnStatus.Completed, 2), ((await host.TurnAsync(Alice, "1")).Value!.Status, (await host.InfoAsync(Alice)).Value!.MessageCount));
        Assert.Equal(["work"], host.State.RemindersOf(Alice));

        // While the turn ran it was to be looked after again; then nothing is left of it.
        await host.UntilAsync(() => host.DueOf("alice") == start.AddSeconds(150));
        await host.RemindAsync(Alice);
        host.Time.Advance(TimeSpan.FromSeconds(90));
        await host.SweepAsync();
        await host.AdvanceUntilAsync(() => host.State.KeysOf("default").Count == 0 && host.RegisteredOf() is null);
        Assert.Empty(host.State.RemindersOf(Alice));
    }

    /// <summary>The reminder is registered anew though this activation believes that it is there: the scheduler was lost, not the process.</summary>
    [Fact]
    public async Task LostReminder_OfAnAgentInMemory_IsRegisteredAnew()
    {
        await using var host = await SweptHost.StartAsync();
        await host.CreateScheduleAsync(Alice, SweptHost.Every(3600));
        await host.UntilNotedAsync();
        host.State.LoseReminder(Alice, "schedule");
        await host.NoteAsync(host.Time.GetUtcNow().AddSeconds(-30), "alice");
        host.Register(host.Time.GetUtcNow().AddSeconds(-30), "default");
        await host.SweepAsync();
        Assert.Equal(("1h0m0s0ms", "0h1m0s0ms"), host.State.ReminderOf(Alice, "schedule"));
        Assert.Equal(host.Time.GetUtcNow().AddHours(1), host.DueOf("alice"));
        Assert.Equal(host.Time.GetUtcNow().AddHours(1), host.RegisteredOf());
    }

    [Fact]
    public async Task LostWorkReminder_OfARunThatLives_IsRegisteredAnew_AndTheRunGoesOn()
    {
        await using var model = await FakeModelServer.StartAsync();
        model.Behave(new ModelBehavior { IsSilent = true });
        await using var host = await SweptHost.StartAsync(
            ("AgentMesh:Responder:Provider", "openai"), ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()),
            ("AgentMesh:Responder:Model", "m"), ("AgentMesh:Responder:ApiKey", "sk-test-0123456789"));
        await host.PostAsync(Alice, "hello", "r1");
        await host.UntilNotedAsync();
        host.State.LoseReminder(Alice, "work");
        await host.NoteAsync(host.Time.GetUtcNow().AddSeconds(-30), "alice");
        host.Register(host.Time.GetUtcNow().AddSeconds(-30), "default");
        await host.SweepAsync();
        Assert.Equal(["work"], host.State.RemindersOf(Alice));
        Assert.Equal((TurnStatus.Running, 1), ((await host.TurnAsync(Alice, "1")).Value!.Status, (await host.TurnAsync(Alice, "1")).Value!.Attempt));
        Assert.Equal(host.Time.GetUtcNow().AddSeconds(60), host.DueOf("alice"));
    }

    [Fact]
    public async Task NothingDue_NobodyIsCalled_AndNothingIsWritten()
    {
        await using var host = await SweptHost.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await host.SweepAsync();
        var reads = host.State.States.Reads;
        await host.AdvanceUntilAsync(() => host.State.States.Reads > reads);
        Assert.Empty(host.State.TakeInvoked());
        Assert.Equal(0, host.State.States.Writes);
        Assert.Empty(host.State.KeysOf("default"));
    }

    [Fact]
    public async Task NothingDueYet_OnlyTheFirstSweepOfAProcessAsksTheTenant()
    {
        await using var host = await SweptHost.StartAsync();
        await host.NoteAsync(host.Time.GetUtcNow().AddHours(1), "alice");
        // Known too late, as after a death at the wrong moment.
        host.Register(host.Time.GetUtcNow().AddHours(2), "default");
        await host.SweepAsync();
        Assert.Equal(host.Time.GetUtcNow().AddHours(1), host.RegisteredOf());
        host.State.TakeInvoked();
        var reads = host.State.States.Reads;
        await host.AdvanceUntilAsync(() => host.State.States.Reads >= reads + 3);
        // The host's own first sweep, and none after it.
        Assert.Equal(["TenantActor/default/TakeDue"], host.State.TakeInvoked());
    }

    [Fact]
    public async Task TwoSweepers_LookAfterEachAgentOnce()
    {
        await using var host = await SweptHost.StartAsync();
        string[] users = [.. Enumerable.Range(0, 40).Select(n => $"user-{n}")];
        var start = host.Time.GetUtcNow();
        foreach (var user in users)
            await host.CreateScheduleAsync($"default:{user}", SweptHost.Every(3600));
        foreach (var user in users)
        {
            await host.UntilNotedAsync(user);
            host.State.LoseReminder($"default:{user}", "schedule");
        }

        host.Time.Advance(TimeSpan.FromSeconds(3630));
        await Task.WhenAll(host.SweepAsync(), host.SweepAsync());
        await host.UntilAsync(() => users.All(user => host.DueOf(user) == start.AddHours(2)));
        Assert.Equal(users.Length, host.Taken(nameof(IAgentSweep.LookAfter)));
        foreach (var user in users)
            Assert.Equal(2, (await host.InfoAsync($"default:{user}")).Value!.MessageCount);
    }

    [Fact]
    public async Task SweeperThatDies_GivesItsAgentsBack()
    {
        await using var host = await SweptHost.StartAsync();
        var now = host.Time.GetUtcNow();
        await host.NoteAsync(now.AddSeconds(-30), "alice", "bob");
        await host.NoteAsync(now.AddSeconds(-29), "carol");
        Assert.Equal("alice bob", await host.TakeAsync(now.AddSeconds(-30), 10));
        Assert.Equal("", await host.TakeAsync(now.AddSeconds(-30), 10));
        host.Time.Advance(TimeSpan.FromMilliseconds(59_999));
        Assert.Equal("carol", await host.TakeAsync(now, 10));
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("alice", await host.TakeAsync(now, 1));
        Assert.Equal("bob", await host.TakeAsync(now, 10));
    }

    [Fact]
    public async Task OneSweep_HasALimit_AndGivesEachTenantItsShare()
    {
        await using var host = await SweptHost.StartAsync(("AgentMesh:Sweep:MaxAgents", "2"));
        var due = host.Time.GetUtcNow().AddSeconds(-30);
        await host.NoteAsync(due, "a", "b", "c");
        host.Register(due, "default");
        await host.SweepAsync();
        Assert.Equal(2, host.Taken(nameof(IAgentSweep.LookAfter)));
        Assert.Equal(due, host.RegisteredOf());
        host.Register(due, "default", "acme");
        await host.NoteAsync(due, "a", "b", "c");
        await host.SweepAsync();
        Assert.Equal(1, host.Taken(nameof(IAgentSweep.LookAfter)));
        Assert.Equal((due, null), (host.RegisteredOf(), host.RegisteredOf("acme")));
        await host.SweepAsync();
        Assert.Equal(2, host.Taken(nameof(IAgentSweep.LookAfter)));
        Assert.Null(host.RegisteredOf());
        Assert.Empty(host.State.KeysOf("default"));
    }

    [Fact]
    public async Task AgentsThatAreNotThere_OrAreDamaged_AreNotLookedAfterAgain()
    {
        await using var host = await SweptHost.StartAsync();
        await host.CreateScheduleAsync("default:damaged", SweptHost.Every(3600));
        await host.UntilNotedAsync("damaged");
        host.State["default:damaged", "schedules"] = "{}";
        await host.DeactivateAsync("default:damaged");
        host.Time.Advance(TimeSpan.FromSeconds(3630));
        await host.NoteAsync(host.Time.GetUtcNow().AddSeconds(-30), "ghost", "No Name");
        await host.SweepAsync();
        // What is left of them is who is damaged.
        await host.AdvanceUntilAsync(() => host.State.KeysOf("default") is ["quarantined"] && host.RegisteredOf() is null);
        Assert.Empty(host.State.KeysOf("default:ghost"));
        Assert.Empty(host.State.RemindersOf("default:damaged"));
        Assert.Equal(2, host.Taken(nameof(IAgentSweep.LookAfter)));
    }

    [Fact]
    public async Task AgentThatDoesNotAnswer_IsPutOff_AndTheOthersAreLookedAfter()
    {
        await using var host = await SweptHost.StartAsync();
        var now = host.Time.GetUtcNow();
        await host.NoteAsync(now.AddSeconds(-30), "alice", "bob");
        host.Register(now.AddSeconds(-30), "default");
        host.State.BeforeInvoke = call => Task.FromResult(call != "AgentActor/default:alice/LookAfter");
        await host.SweepAsync();
        Assert.Equal((now.AddSeconds(300), null, now.AddSeconds(300)), (host.DueOf("alice"), host.DueOf("bob"), host.RegisteredOf()));
    }

    /// <summary>A note that comes while a sweep writes when to look next finds an earlier time there, and leaves it.</summary>
    [Fact]
    public async Task NoteBetweenASweepsAnswerAndItsWrite_IsNotForgotten()
    {
        await using var host = await SweptHost.StartAsync();
        var now = host.Time.GetUtcNow();
        await host.NoteAsync(now.AddSeconds(-30), "ghost");
        host.Register(now.AddSeconds(-30), "default");
        var noted = Task.CompletedTask;
        host.State.States.BeforeWrite = () =>
        {
            noted = host.NoteAsync(now.AddSeconds(60), "alice");
            noted.Wait(TestContext.Current.CancellationToken);
        };
        await host.SweepAsync();
        await noted;
        Assert.Equal((now.AddSeconds(60), now.AddSeconds(60)), (host.DueOf("alice"), host.RegisteredOf()));
    }

    [Fact]
    public async Task Registry_IsWrittenOnTheVersionThatWasRead()
    {
        await using var host = await SweptHost.StartAsync();
        var now = host.Time.GetUtcNow();
        host.State.States.BeforeWrite = () => host.Register(now.AddHours(3), "acme");
        await host.CreateScheduleAsync(Alice, SweptHost.Every(3600));
        await host.UntilAsync(() => host.RegisteredOf() is not null);
        Assert.Equal((now.AddHours(1), now.AddHours(3)), (host.RegisteredOf(), host.RegisteredOf("acme")));
    }
}
