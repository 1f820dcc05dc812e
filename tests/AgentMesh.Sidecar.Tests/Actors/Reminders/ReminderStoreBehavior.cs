using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Actors.Reminders;

namespace AgentMesh.Sidecar.Tests.Actors.Reminders;

/// <summary>The contract of <see cref="IReminderStore"/>.</summary>
public abstract class ReminderStoreBehavior : ReminderBehavior
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Save_KeepsEveryField()
    {
        await using var store = await OpenAsync();
        var reminders = RemindersOf(store);
        var reminder = NewReminder("1", "r", Now, TimeSpan.FromMilliseconds(50), Now.AddDays(1)) with
        {
            Fired = 3,
            DueIn = TimeSpan.FromSeconds(2),
            Ttl = TimeSpan.FromDays(1),
            Data = """{"a":"ü <&>"}""",
            FailurePolicy = new ReminderFailurePolicy(TimeSpan.FromSeconds(2), null),
        };
        Assert.True(await reminders.SaveAsync(reminder, false, Token));
        Assert.Equal(reminder, await reminders.GetAsync(reminder.Actor, "r", Token));
        Assert.Null(await reminders.GetAsync(reminder.Actor, "R", Token));
    }

    [Fact]
    public async Task Save_WithoutOverwrite_WritesOnlyWhatIsNotThere()
    {
        await using var store = await OpenAsync();
        var reminders = RemindersOf(store);
        Assert.True(await reminders.SaveAsync(NewReminder("1", "r", Now), false, Token));
        Assert.False(await reminders.SaveAsync(NewReminder("1", "r", Now, revision: 2), false, Token));
        Assert.Equal(1, (await reminders.GetAsync(new ActorRef("T", "1"), "r", Token))!.Revision);
        Assert.True(await reminders.SaveAsync(NewReminder("1", "r", Now, revision: 2), true, Token));
        Assert.Equal(2, (await reminders.GetAsync(new ActorRef("T", "1"), "r", Token))!.Revision);
    }

    [Fact]
    public async Task Advance_ActsOnlyOnItsOwnRegistration()
    {
        await using var store = await OpenAsync();
        var reminders = RemindersOf(store);
        var old = NewReminder("1", "r", Now, TimeSpan.FromSeconds(1));
        var current = old with { Revision = 2 };
        await reminders.SaveAsync(old, true, Token);
        await reminders.SaveAsync(current, true, Token);

        Assert.False(await reminders.AdvanceAsync(old, old.Next(), Token));
        Assert.False(await reminders.AdvanceAsync(old, null, Token));
        Assert.Equal(current, await reminders.GetAsync(old.Actor, "r", Token));
        Assert.True(await reminders.AdvanceAsync(current, current.Next(), Token));
        Assert.Equal(current.Next(), await reminders.GetAsync(old.Actor, "r", Token));
        Assert.True(await reminders.AdvanceAsync(current, null, Token));
        Assert.False(await reminders.AdvanceAsync(current, current.Next(), Token));
        Assert.Null(await reminders.GetAsync(old.Actor, "r", Token));
    }

    [Fact]
    public async Task LoadDue_GivesTheEarliestOfTheType_UpToTheLimits()
    {
        await using var store = await OpenAsync();
        var reminders = RemindersOf(store);
        for (var i = 9; i >= 0; i--)
            await reminders.SaveAsync(NewReminder($"{i}", "r", Now.AddSeconds(i)), true, Token);
        await reminders.SaveAsync(NewReminder("1", "r", Now) with { Type = "U" }, true, Token);

        Assert.Equal(["0", "1", "2"], await DueAsync(Now.AddSeconds(2), 10));
        Assert.Equal(["0", "1"], await DueAsync(Now.AddSeconds(2), 2));
        Assert.Empty(await DueAsync(Now.AddMilliseconds(-1), 10));
        await reminders.DeleteAsync(new ActorRef("T", "0"), "r", Token);
        Assert.Equal(["1", "2"], await DueAsync(Now.AddSeconds(2), 10));

        async Task<IEnumerable<string>> DueAsync(DateTimeOffset until, int limit) =>
            (await reminders.LoadPageAsync("T", until, 0, limit, Token)).Select(reminder => reminder.Id);
    }
}
