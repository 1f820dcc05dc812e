using AgentMesh.Agents.CallTasks;
using AgentMesh.Agents.Conversation;

namespace AgentMesh.ActorHost.Agents;

/// <summary>The names of work that goes on without its callers. Beside the conversation: no message reads them.</summary>
internal sealed partial class AgentRecords
{
    /// <summary>The tasks.</summary>
    public async ValueTask<CallTaskTable> LoadTasksAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Tasks);
        return (await state.TryGetStateAsync<CallTaskTable>(StateKeys.Tasks, cancellationToken)).Value ?? CallTaskTable.Empty;
    }

    /// <summary>Commits tasks. The head stays: a task changes nothing of the work that it names.</summary>
    public async Task StoreAsync(CallTaskTable tasks, CancellationToken cancellationToken)
    {
        await state.SetStateAsync(StateKeys.Tasks, tasks, cancellationToken);
        await SaveAsync(cancellationToken);
    }
}
