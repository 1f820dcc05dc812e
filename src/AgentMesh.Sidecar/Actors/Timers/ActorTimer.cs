namespace AgentMesh.Sidecar.Actors.Timers;

/// <summary>A registered timer; lost with the sidecar.</summary>
/// <param name="name">Its name within the actor.</param>
/// <param name="schedule">When it fires.</param>
/// <param name="body">What the app gets with each tick.</param>
internal sealed class ActorTimer(string name, TimerSchedule schedule, ReadOnlyMemory<byte> body)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _fired;

    public string Name { get; } = name;

    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>When the next tick is due.</summary>
    public DateTimeOffset Due { get; private set; } = schedule.First;

    /// <summary>Completes when it is over, or another one has its name.</summary>
    public Task Ended => _ended.Task;

    public bool IsExpired => Due > schedule.Expires;

    public void End() => _ended.TrySetResult();

    /// <summary>After a tick. False: that was the last.</summary>
    public bool MoveNext()
    {
        if (schedule.Next(Due, ++_fired) is not { } next)
            return false;
        Due = next;
        return true;
    }
}
