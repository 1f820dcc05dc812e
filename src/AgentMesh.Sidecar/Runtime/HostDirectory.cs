using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>Which process hosts what: by actor type and by app id. Waiting for a host is a signal, not a poll.</summary>
internal sealed class HostDirectory
{
    private readonly Lock _gate = new();
    private volatile AppConnection[] _connections = [];
    private volatile AppDefinition[] _unhealthy = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Raised after hosts came or went, outside the lock.</summary>
    public event Action? Changed;

    public IReadOnlyList<AppConnection> Connections => _connections;

    /// <summary>True when a process of the app lives and fails its health check.</summary>
    public bool IsUnhealthy(string appId) => _unhealthy.Any(app => app.AppId == appId);

    public void SetUnhealthy(AppDefinition app, bool unhealthy)
    {
        lock (_gate)
            _unhealthy = [.. _unhealthy.Where(other => other != app), .. unhealthy ? new[] { app } : []];
    }

    public void Add(AppConnection connection) => Change(list => [.. list, connection]);

    public void Remove(AppConnection connection) => Change(list => [.. list.Where(other => other != connection)]);

    /// <summary>
    /// The process that hosts the actor: of the type's hosts the one with the highest hash with the actor's id, so the same one as
    /// long as the hosts stay the same, and only the actors of a lost host move. Null when nobody hosts the type.
    /// </summary>
    public AppConnection? FindActorHost(string type, string id)
    {
        AppConnection? best = null;
        ulong bestScore = 0;
        foreach (var connection in _connections)
        {
            if (!connection.IsAlive || connection.FindActorType(type) is null)
                continue;
            if (best is null)
            {
                best = connection;
                continue;
            }

            // Scores cost a hash each and are needed only when there is a choice.
            if (bestScore == 0)
                bestScore = Score(best, id);
            var score = Score(connection, id);
            if (score > bestScore)
                (best, bestScore) = (connection, score);
        }

        return best;
    }

    /// <summary>Waits until <paramref name="find"/> finds something; null when <paramref name="timeout"/> is over first.</summary>
    public async Task<AppConnection?> WaitAsync(Func<AppConnection?> find, TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (true)
        {
            Task changed;
            lock (_gate)
                changed = _changed.Task;
            if (find() is { } found)
                return found;
            try
            {
                await changed.WaitAsync(both.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    // Rendezvous hashing by replica number, not by process: a restarted replica gets its own actors back.
    private static ulong Score(AppConnection connection, string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{connection.App.AppId}/{connection.App.Replica}/{id}"), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(Func<AppConnection[], AppConnection[]> change)
    {
        TaskCompletionSource signal;
        lock (_gate)
        {
            _connections = change(_connections);
            signal = _changed;
            _changed = NewSignal();
        }

        signal.TrySetResult();
        Changed?.Invoke();
    }
}
