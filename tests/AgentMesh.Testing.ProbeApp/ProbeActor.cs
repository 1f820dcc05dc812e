using Dapr.Actors;
using Dapr.Actors.Runtime;

namespace AgentMesh.Testing.ProbeApp;

/// <summary>An actor as small as one can be that keeps something.</summary>
public interface IProbeActor : IActor
{
    /// <summary>Counts: one state write.</summary>
    Task<long> Add();
}

/// <summary>Counts its calls in state, and notes its reminders in the journal.</summary>
[Actor(TypeName = "Probe")]
internal sealed class ProbeActor(ActorHost host, Journal journal, TimeProvider timeProvider) : Actor(host), IProbeActor, IRemindable
{
    private const string Count = "count";

    public async Task<long> Add()
    {
        var count = await StateManager.GetOrAddStateAsync(Count, 0L) + 1;
        await StateManager.SetStateAsync(Count, count);
        return count;
    }

    public Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period)
    {
        journal.Append("reminder", reminderName, timeProvider.GetUtcNow());
        return Task.CompletedTask;
    }
}
