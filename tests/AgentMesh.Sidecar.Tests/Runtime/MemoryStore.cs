using System.Collections.Concurrent;
using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Tests.Runtime;

/// <summary>A store for tests of the runtime: what was written, and a switch that makes it fail. It keeps no rules of the state API.</summary>
internal sealed class MemoryStore : IStateStore
{
    private readonly Dictionary<string, long> _versions = [];

    public ConcurrentDictionary<string, byte[]> Values { get; } = new();

    public Exception? Failure { get; set; }

    public int Transactions { get; private set; }

    public MemoryReminderStore Reminders { get; } = new();

    public string Description => "memory";

    public ValueTask<StateEntry?> GetAsync(string key, CancellationToken cancellationToken)
    {
        if (Failure is not null)
            throw Failure;
        lock (Values)
            return ValueTask.FromResult<StateEntry?>(Values.TryGetValue(key, out var value) ? new StateEntry(value, _versions[key]) : null);
    }

    public Task TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        if (Failure is not null)
            throw Failure;
        lock (Values)
        {
            Transactions++;
            foreach (var operation in operations)
            {
                if (operation.Value is null)
                {
                    Values.TryRemove(operation.Key, out _);
                    _versions.Remove(operation.Key);
                }
                else
                {
                    Values[operation.Key] = operation.Value;
                    _versions[operation.Key] = _versions.GetValueOrDefault(operation.Key) + 1;
                }
            }
        }

        return Task.CompletedTask;
    }

    public IReminderStore OpenReminders(string namespaceName, string owner) => Reminders;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
