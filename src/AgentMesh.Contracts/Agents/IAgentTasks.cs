using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>Work of an agent that goes on without whoever called for it, by a name of its own.</summary>
public interface IAgentTasks : IActor
{
    /// <summary>Makes a task of a turn, or of what a payment is worked on for. Work that has a task keeps that one. Refused with <c>too_many_tasks</c>.</summary>
    Task<Reply<AgentTask>> CreateTask(CreateTask request, CancellationToken cancellationToken);

    /// <summary>Reads a task; refused with <c>task_not_found</c> when there is none of that id for who asks.</summary>
    Task<Reply<AgentTask>> GetTask(GetTask request, CancellationToken cancellationToken);
}

/// <summary>Makes a task, of a turn or of a payment.</summary>
/// <param name="TaskId">Its id, made at random by the gateway and repeated by its retries: 1-64 characters.</param>
/// <param name="Tool">The tool that was called.</param>
/// <param name="TurnId">The turn; null: it is a payment's.</param>
/// <param name="PaymentId">The payment; null: it is a turn's.</param>
public sealed record CreateTask(string TaskId, string Tool, string? TurnId = null, string? PaymentId = null);

/// <summary>Asks for a task.</summary>
/// <param name="TaskId">Its id.</param>
/// <param name="IsOwner">Whether the agent's owner asks. Others find what was paid for only.</param>
public sealed record GetTask(string TaskId, bool IsOwner);

/// <summary>A task.</summary>
/// <param name="TaskId">Its id.</param>
/// <param name="Tool">The tool that was called.</param>
/// <param name="Turn">Where its turn stands; null: it is a payment's.</param>
/// <param name="PaymentId">Its payment; null: it is a turn's.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From then on it is not found.</param>
public sealed record AgentTask(string TaskId, string Tool, Turn? Turn, string? PaymentId, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);
