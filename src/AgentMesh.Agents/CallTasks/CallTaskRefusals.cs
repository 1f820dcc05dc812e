using AgentMesh.Primitives;

namespace AgentMesh.Agents.CallTasks;

/// <summary>Why tasks say no, in order of precedence. The codes are those of <c>AgentMesh.Contracts.Agents.AgentRefusals</c>; a test holds them together.</summary>
public static class CallTaskRefusals
{
    /// <summary>No such task, or not for who asks.</summary>
    public static Refusal TaskNotFound { get; } = new("task_not_found", "The agent has no such task, or it has expired.");

    /// <summary>What a call asks, or is answered, is too long to be kept.</summary>
    public static Refusal TaskInputTooLarge { get; } = new(
        "task_input_too_large", $"The arguments, questions and answers of a task have at most {CallTaskLimits.InputCharacters} characters.");

    /// <summary>No room for another task.</summary>
    public static Refusal TooManyTasks { get; } = new(
        "too_many_tasks", $"The agent keeps {CallTaskLimits.Kept} tasks, {CallTaskLimits.Paid} of them paid ones and {CallTaskLimits.Asking} that ask.");
}
