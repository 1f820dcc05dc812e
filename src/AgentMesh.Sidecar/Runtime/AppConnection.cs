using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Channel;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>
/// One life of an app's process, from healthy to gone. An actor instance belongs to a connection, so that what a dead process
/// held is never taken for alive in its successor.
/// </summary>
internal sealed class AppConnection(AppDefinition app, AppChannel channel, IReadOnlyList<ActorTypeSettings> actorTypes)
{
    private readonly Lock _gate = new();
    private int _writes;
    private TaskCompletionSource? _drained;
    private volatile bool _alive = true;

    public AppDefinition App { get; } = app;

    public AppChannel Channel { get; } = channel;

    public IReadOnlyList<ActorTypeSettings> ActorTypes { get; } = actorTypes;

    public bool IsAlive => _alive;

    /// <summary>The settings of an actor type this process hosts; null when it does not.</summary>
    public ActorTypeSettings? FindActorType(string type)
    {
        foreach (var settings in ActorTypes)
        {
            if (settings.Type == type)
                return settings;
        }

        return null;
    }

    /// <summary>
    /// Announces a state write of this process. False once the process is gone: bytes it sent before it died may still arrive,
    /// and must not be written beside its successor.
    /// </summary>
    public bool TryBeginWrite()
    {
        lock (_gate)
        {
            if (!_alive)
                return false;
            _writes++;
            return true;
        }
    }

    public void EndWrite()
    {
        lock (_gate)
        {
            if (--_writes == 0)
                _drained?.TrySetResult();
        }
    }

    /// <summary>No more calls and writes; completes when the last write under way has ended.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _alive = false;
            if (_writes == 0)
                return Task.CompletedTask;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }
}
