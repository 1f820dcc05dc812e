using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>Work of an agent that goes on without whoever called for it, by a name of its own.</summary>
public interface IAgentTasks : IActor
{
    /// <summary>
    /// Makes a task of a turn, of what a payment is worked on for, or of a call that asks in the midst of its work; that one goes on as a turn by the same
    /// id, when everything is answered. Work that has a task keeps that one. Refused with <c>too_many_tasks</c>, <c>task_input_too_large</c>.
    /// </summary>
    Task<Reply<AgentTask>> CreateTask(CreateTask request, CancellationToken cancellationToken);

    /// <summary>Reads a task; refused with <c>task_not_found</c> when there is none of that id for who asks.</summary>
    Task<Reply<AgentTask>> GetTask(GetTask request, CancellationToken cancellationToken);

    /// <summary>
    /// Answers what a task asks, asks more, or ends it; one that is a turn or a payment's work stays as it is. Refused with <c>task_not_found</c>,
    /// <c>task_input_too_large</c>.
    /// </summary>
    Task<Reply<AgentTask>> UpdateTask(UpdateTask request, CancellationToken cancellationToken);
}

/// <summary>Makes a task, of a turn, of a payment or of a call.</summary>
/// <param name="TaskId">Its id, made at random by the gateway and repeated by its retries: 1-64 characters.</param>
/// <param name="Tool">The tool that was called.</param>
/// <param name="TurnId">The turn; null: it is none.</param>
/// <param name="PaymentId">The payment; null: it is none.</param>
/// <param name="Arguments">Of the call, JSON; null: it is another's.</param>
/// <param name="Asked">What the call asks; null: it is another's.</param>
public sealed record CreateTask(string TaskId, string Tool, string? TurnId = null, string? PaymentId = null, string? Arguments = null, TaskQuestions? Asked = null);

/// <summary>What a call asks its client.</summary>
/// <param name="Questions">The questions.</param>
/// <param name="State">What the tool wants to know when it goes on; null: nothing.</param>
public sealed record TaskQuestions(IReadOnlyList<TaskQuestion> Questions, string? State);

/// <summary>A question.</summary>
/// <param name="Name">What the tool calls it.</param>
/// <param name="Request">What the client is asked, JSON.</param>
/// <param name="Key">By which it is answered: the agent's. Null in a request.</param>
/// <param name="Response">What was answered, JSON; null: nothing yet.</param>
public sealed record TaskQuestion(string Name, string Request, string? Key = null, string? Response = null);

/// <summary>Changes what a task asks: one of the three.</summary>
/// <param name="TaskId">Its id.</param>
/// <param name="IsOwner">Whether the agent's owner does.</param>
/// <param name="Responses">Answers by key, JSON. Those to nothing that is asked are not heard, and the first of each stands.</param>
/// <param name="Asked">Further questions.</param>
/// <param name="After">Questions there were when they came up; when there are more by now nothing is asked.</param>
/// <param name="IsCanceled">Nothing more is to come of it.</param>
public sealed record UpdateTask(
    string TaskId, bool IsOwner, IReadOnlyDictionary<string, string>? Responses = null, TaskQuestions? Asked = null, int After = 0, bool IsCanceled = false);

/// <summary>Asks for a task.</summary>
/// <param name="TaskId">Its id.</param>
/// <param name="IsOwner">Whether the agent's owner asks. Others find what was paid for only.</param>
public sealed record GetTask(string TaskId, bool IsOwner);

/// <summary>A task.</summary>
/// <param name="TaskId">Its id.</param>
/// <param name="Tool">The tool that was called.</param>
/// <param name="Turn">Where its turn stands; null: it has none.</param>
/// <param name="PaymentId">Its payment; null: it has none.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From then on it is not found.</param>
/// <param name="Input">What its call asks, when it has neither turn nor payment; null: it has.</param>
public sealed record AgentTask(
    string TaskId, string Tool, Turn? Turn, string? PaymentId, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, TaskInput? Input = null);

/// <summary>A call that asks in the midst of its work.</summary>
/// <param name="Arguments">Its arguments, JSON.</param>
/// <param name="Asked">All that was asked so far, with the answers.</param>
/// <param name="IsCanceled">Nothing more comes of it.</param>
public sealed record TaskInput(string Arguments, TaskQuestions Asked, bool IsCanceled);
