using System.Collections.Concurrent;
using System.Threading.Channels;
using Dapr.Actors;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;

namespace AgentMesh.Sidecar.Tests.Sdk;

/// <summary>Reminders, timers and reentrant calls as the unmodified SDK makes them.</summary>
public sealed class SdkCallbackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reminder_EachFiftyMilliseconds_ComesAsOftenAsTheActorWants()
    {
        var (mesh, alarm, rings) = await StartAsync();
        await using var _ = mesh;
        await alarm.Remind("r", TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50), null, null);
        // The actor unregisters it in its tenth tick.
        for (var i = 0; i < 10; i++)
            Assert.Equal("reminder r AQID", await rings.NextAsync());
        await alarm.Remind("last", TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(-1), null, null);
        Assert.Equal("reminder last AQID", await rings.NextAsync());
        Assert.Equal(11, await alarm.Count());
    }

    [Fact]
    public async Task Reminder_WithRepetitions_ComesThatOften()
    {
        var (mesh, alarm, rings) = await StartAsync();
        await using var _ = mesh;
        await alarm.Remind("r", TimeSpan.Zero, TimeSpan.FromSeconds(1), 2, null);
        await rings.NextAsync();
        await rings.NextAsync();
        await Assert.ThrowsAsync<ActorMethodInvocationException>(() => alarm.Find("r"));
        Assert.Equal(2, await alarm.Count());
    }

    [Fact]
    public async Task Reminder_WithATtl_EndsWithIt()
    {
        var (mesh, alarm, rings) = await StartAsync();
        await using var _ = mesh;
        await alarm.Remind("r", TimeSpan.Zero, TimeSpan.FromMilliseconds(200), null, TimeSpan.FromMilliseconds(500));
        for (var i = 0; i < 3; i++)
            await rings.NextAsync();
        await alarm.Remind("last", TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(-1), null, null);
        Assert.Equal("reminder last AQID", await rings.NextAsync());
    }

    [Fact]
    public async Task GetReminder_ReadsWhatWasRegistered()
    {
        var (mesh, alarm, _) = await StartAsync();
        await using var __ = mesh;
        await alarm.Remind("r", TimeSpan.FromHours(30), TimeSpan.FromMinutes(5), null, null);
        Assert.Equal("r 1.06:00:00 00:05:00 AQID", await alarm.Find("r"));
        await alarm.Remind("r", TimeSpan.FromHours(1), TimeSpan.FromMilliseconds(-1), null, null);
        Assert.StartsWith("r 01:00:00 ", await alarm.Find("r"), StringComparison.Ordinal);
        await alarm.Remind("r", TimeSpan.FromHours(1), TimeSpan.FromSeconds(5), 3, TimeSpan.FromHours(2));
        Assert.StartsWith("r 01:00:00 00:00:05", await alarm.Find("r"), StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<ActorMethodInvocationException>(() => alarm.Find("missing"));
        Assert.Contains("actor reminder not found", missing.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetReminder_MissingWithCompat116_IsNull()
    {
        var (mesh, alarm, _) = await StartAsync(compat116: true);
        await using var __ = mesh;
        Assert.Equal("none", await alarm.Find("missing"));
    }

    [Fact]
    public async Task Timer_CallsTheMethodAgainAndAgain_UntilItIsUnregistered()
    {
        var (mesh, alarm, rings) = await StartAsync();
        await using var _ = mesh;
        await alarm.Time("t", TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50), null);
        for (var i = 0; i < 5; i++)
            Assert.Equal("timer AQID", await rings.NextAsync());
        await alarm.Untime("t");
        var count = await alarm.Count();
        await alarm.Time("once", TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(-1), TimeSpan.FromSeconds(5));
        while (await alarm.Count() == count)
            await rings.NextAsync();
        Assert.Equal(count + 1, await alarm.Count());
    }

    [Fact]
    public async Task Reentrant_ActorCallsItself_TenDeep()
    {
        var (mesh, alarm, _) = await StartAsync(maxDepth: 10);
        await using var __ = mesh;
        Assert.Equal(10, await alarm.Dive(10));
        await Assert.ThrowsAsync<ActorMethodInvocationException>(() => alarm.Dive(11));
        // The turn was given back all the way.
        Assert.Equal(1, await alarm.Dive(1));
    }

    private static async Task<(SdkMesh Mesh, IAlarmActor Alarm, Rings Rings)> StartAsync(bool compat116 = false, int? maxDepth = null)
    {
        var mesh = await SdkMesh.StartAsync(
            actors => actors.RegisterActor<AlarmActor>(),
            options => options.ReentrancyConfig = new ActorReentrancyConfig { Enabled = maxDepth is not null, MaxStackDepth = maxDepth },
            compat116: compat116);
        var id = $"{Guid.NewGuid():N}";
        var rings = AlarmActor.RingsOf(id);
        rings.Proxies = mesh.Proxies;
        return (mesh, mesh.Proxies.CreateActorProxy<IAlarmActor>(new ActorId(id), nameof(AlarmActor)), rings);
    }
}

/// <summary>What an actor's callbacks saw.</summary>
public sealed class Rings
{
    private readonly Channel<string> _seen = System.Threading.Channels.Channel.CreateUnbounded<string>();

    public ActorProxyFactory Proxies { get; set; } = null!;

    public int Count { get; private set; }

    public void Add(string ring)
    {
        Count++;
        _seen.Writer.TryWrite(ring);
    }

    public async Task<string> NextAsync() =>
        await _seen.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
}

public interface IAlarmActor : IActor
{
    Task Remind(string name, TimeSpan dueTime, TimeSpan period, int? repetitions, TimeSpan? ttl);

    Task<string> Find(string name);

    Task Time(string name, TimeSpan dueTime, TimeSpan period, TimeSpan? ttl);

    Task Untime(string name);

    Task<int> Count();

    Task<int> Dive(int depth);
}

public sealed class AlarmActor(ActorHost host) : Actor(host), IAlarmActor, IRemindable
{
    private static readonly ConcurrentDictionary<string, Rings> AllRings = new();
    private static readonly byte[] Data = [1, 2, 3];

    private int _reminded;

    public static Rings RingsOf(string id) => AllRings.GetOrAdd(id, _ => new Rings());

    public Task Remind(string name, TimeSpan dueTime, TimeSpan period, int? repetitions, TimeSpan? ttl) => (repetitions, ttl) switch
    {
        (null, null) => RegisterReminderAsync(name, Data, dueTime, period),
        (null, { } end) => RegisterReminderAsync(name, Data, dueTime, period, end),
        ({ } times, null) => RegisterReminderAsync(name, Data, dueTime, period, times),
        ({ } times, { } end) => RegisterReminderAsync(name, Data, dueTime, period, times, end),
    };

    public async Task<string> Find(string name) =>
        await GetReminderAsync(name) is { } found ? $"{found.Name} {found.DueTime} {found.Period} {Convert.ToBase64String(found.State)}" : "none";

    public Task Time(string name, TimeSpan dueTime, TimeSpan period, TimeSpan? ttl) => ttl is { } end
        ? RegisterTimerAsync(name, nameof(OnTimer), Data, dueTime, period, end)
        : RegisterTimerAsync(name, nameof(OnTimer), Data, dueTime, period);

    public Task Untime(string name) => UnregisterTimerAsync(name);

    public Task<int> Count() => Task.FromResult(RingsOf(Id.GetId()).Count);

    public async Task<int> Dive(int depth) => depth <= 1
        ? 1
        : 1 + await RingsOf(Id.GetId()).Proxies.CreateActorProxy<IAlarmActor>(Id, nameof(AlarmActor)).Dive(depth - 1);

    public async Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period)
    {
        if (++_reminded == 10)
            await UnregisterReminderAsync(reminderName);
        RingsOf(Id.GetId()).Add($"reminder {reminderName} {Convert.ToBase64String(state)}");
    }

    public Task OnTimer(byte[] state)
    {
        RingsOf(Id.GetId()).Add($"timer {Convert.ToBase64String(state)}");
        return Task.CompletedTask;
    }
}
