using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Agents;

/// <summary>Work of agents that goes on without whoever called for it.</summary>
internal sealed partial class AgentCalls
{
    /// <summary>Makes a task, once for all retries.</summary>
    public Task<Result<AgentTask>> CreateTaskAsync(AgentKey agent, CreateTask task, CancellationToken cancellationToken) =>
        AskAsync<CreateTask, AgentTask>(agent, nameof(IAgentTasks.CreateTask), task, cancellationToken);

    /// <summary>Changes what a task asks, once for all retries.</summary>
    public Task<Result<AgentTask>> UpdateTaskAsync(AgentKey agent, UpdateTask change, CancellationToken cancellationToken) =>
        AskAsync<UpdateTask, AgentTask>(agent, nameof(IAgentTasks.UpdateTask), change, cancellationToken);

    /// <summary>Reads a task.</summary>
    public Task<Result<AgentTask>> GetTaskAsync(AgentKey agent, GetTask task, CancellationToken cancellationToken) =>
        AskAsync<GetTask, AgentTask>(agent, nameof(IAgentTasks.GetTask), task, cancellationToken);
}
