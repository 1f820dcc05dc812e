using System.Collections.Concurrent;
using System.Threading.Channels;
using Dapr.Actors;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;

namespace AgentMesh.Conformance.Apps;

/// <summary>What the SDK's side of the contract is tried with.</summary>
public interface IBellActor : IActor
{
    Task<int> Add(int amount);

    Task<int> AddAndThrow(int amount);

    Task Forget();

    Task Remind(string name, TimeSpan dueTime, TimeSpan period, int? repetitions, TimeSpan? ttl);

    Task<string> Find(string name);

    Task Time(string name, TimeSpan dueTime, TimeSpan period);

    Task Untime(string name);

    /// <summary>Calls itself, so many calls inside each other.</summary>
    Task<int> Dive(int depth);
}

/// <inheritdoc cref="IBellActor"/>
public sealed class BellActor(ActorHost host, IActorProxyFactory proxies) : Actor(host), IBellActor, IRemindable
{
    private static readonly ConcurrentDictionary<string, Channel<string>> AllRings = new();
    private static readonly byte[] Data = [1, 2, 3];

    private int _reminded;

    public static Channel<string> RingsOf(string id) => AllRings.GetOrAdd(id, _ => Channel.CreateUnbounded<string>());

    public async Task<int> Add(int amount)
    {
        var total = await StateManager.GetOrAddStateAsync("total", 0) + amount;
        await StateManager.SetStateAsync("total", total);
        return total;
    }

    public async Task<int> AddAndThrow(int amount)
    {
        await Add(amount);
        throw new InvalidOperationException("on purpose");
    }

    public Task Forget() => StateManager.RemoveStateAsync("total");

    public Task Remind(string name, TimeSpan dueTime, TimeSpan period, int? repetitions, TimeSpan? ttl) => (repetitions, ttl) switch
    {
        (null, null) => RegisterReminderAsync(name, Data, dueTime, period),
        (null, { } end) => RegisterReminderAsync(name, Data, dueTime, period, end),
        ({ } times, null) => RegisterReminderAsync(name, Data, dueTime, period, times),
        ({ } times, { } end) => RegisterReminderAsync(name, Data, dueTime, period, times, end),
    };

    public async Task<string> Find(string name) =>
        await GetReminderAsync(name) is { } found ? $"{found.Name} {found.Period} {Convert.ToBase64String(found.State)}" : "none";

    public Task Time(string name, TimeSpan dueTime, TimeSpan period) => RegisterTimerAsync(name, nameof(OnTimer), Data, dueTime, period);

    public Task Untime(string name) => UnregisterTimerAsync(name);

    public async Task<int> Dive(int depth) =>
        depth <= 1 ? 1 : 1 + await proxies.CreateActorProxy<IBellActor>(Id, nameof(BellActor)).Dive(depth - 1);

    public async Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period)
    {
        if (++_reminded == 10)
            await UnregisterReminderAsync(reminderName);
        RingsOf(Id.GetId()).Writer.TryWrite($"reminder {reminderName} {Convert.ToBase64String(state)}");
    }

    public Task OnTimer(byte[] state)
    {
        RingsOf(Id.GetId()).Writer.TryWrite($"timer {Convert.ToBase64String(state)}");
        return Task.CompletedTask;
    }
}
