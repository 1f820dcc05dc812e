using System.Collections.Concurrent;
using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Registry;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>
/// One time of health of an app's process, from healthy to gone or unhealthy. An actor instance belongs to a connection, so that
/// what a lost process held is never taken for alive in its successor.
/// </summary>
/// <param name="app">The app.</param>
/// <param name="channel">HTTP to the process; outlives the connection when the process becomes healthy again.</param>
/// <param name="actorTypes">What it hosts.</param>
/// <param name="leftovers">
/// Actors that a process may still hold from an earlier connection, shared by all connections of one process. Null when a process
/// has one connection only.
/// </param>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The source has no timer, and its token is asked for long after the end.")]
internal sealed class AppConnection(
    AppDefinition app, AppChannel channel, IReadOnlyList<ActorTypeSettings> actorTypes, ConcurrentDictionary<ActorRef, byte>? leftovers = null)
{
    private readonly WorkGate _writes = new();
    private readonly CancellationTokenSource _closed = new();

    public AppDefinition App { get; } = app;

    public AppChannel Channel { get; } = channel;

    public IReadOnlyList<ActorTypeSettings> ActorTypes { get; } = actorTypes;

    /// <summary>Another sidecar, which does the rest; its channel leads there, and its process is none of ours.</summary>
    public bool IsRemote { get; init; }

    /// <summary>The right to host actors beside other sidecars; null in one process, which needs none.</summary>
    public MemberLease? Lease { get; set; }

    /// <summary>The process was there before its sidecar, and may hold actors of an earlier one.</summary>
    public bool IsAdopted { get; init; }

    public bool IsAlive => !_closed.IsCancellationRequested && Lease is not { IsValid: false };

    /// <summary>The process is unhealthy and is being told to forget its actors: they are not taken from memory before that.</summary>
    public bool IsHalting
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Cancelled when the process is gone or unhealthy: calls to its actors end then, also when it never answers.</summary>
    public CancellationToken Closed => _closed.Token;

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
    public bool TryBeginWrite() => Lease is not { IsValid: false } && _writes.TryBegin();

    public void EndWrite() => _writes.End();

    /// <summary>Notes that the process could not be told to forget an actor.</summary>
    public void AddLeftover(ActorRef actor) => leftovers?.TryAdd(actor, 0);

    /// <summary>True when the process has to forget an old instance before it may get the actor again.</summary>
    public bool HasLeftover(ActorRef actor) => IsAdopted || (leftovers is not null && leftovers.ContainsKey(actor));

    public void RemoveLeftover(ActorRef actor) => leftovers?.TryRemove(actor, out _);

    /// <summary>No more calls and writes; completes when the last write under way has ended.</summary>
    public async Task CloseAsync()
    {
        // Set at once, the callbacks run beside: thousands of calls may end here.
        var cancelled = _closed.CancelAsync();
        await _writes.CloseAsync();
        await cancelled;
    }
}
