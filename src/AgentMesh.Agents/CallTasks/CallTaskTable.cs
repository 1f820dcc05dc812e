using System.Collections.Immutable;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.CallTasks;

/// <summary>
/// An agent's tasks, oldest first. State key <c>tasks</c>; not there before the first one. Those that have expired go with the next one that is made, so
/// that an agent need not wake for them.
/// </summary>
/// <param name="All">At most <see cref="CallTaskLimits.Kept"/>.</param>
public sealed record CallTaskTable(ImmutableArray<CallTask> All)
{
    /// <summary>No task.</summary>
    public static CallTaskTable Empty { get; } = new(ImmutableArray<CallTask>.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.CallTaskTable;

    /// <summary>Makes a task of a turn.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="tool">The tool that was called.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="now">The time.</param>
    /// <returns>The task; the one there is when the turn has one. Refused with <c>too_many_tasks</c>.</returns>
    public Result<CallTaskStep> CreateOfTurn(string id, string tool, long turn, DateTimeOffset now) => Create(new CallTask(id, tool, turn, null, now, now), now);

    /// <summary>Makes a task of what a payment is worked on for.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="tool">The tool that was called.</param>
    /// <param name="paymentId">The payment.</param>
    /// <param name="now">The time.</param>
    /// <returns>The task; the one there is when the payment has one. Refused with <c>too_many_tasks</c>.</returns>
    public Result<CallTaskStep> CreateOfPayment(string id, string tool, string paymentId, DateTimeOffset now) =>
        Create(new CallTask(id, tool, null, paymentId, now, now), now);

    /// <summary>Makes a task of a call that asks in the midst of its work.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="tool">The tool that was called.</param>
    /// <param name="input">The call, and what it asks.</param>
    /// <param name="now">The time.</param>
    /// <returns>The task; the one there is of that id. Refused with <c>task_input_too_large</c>, <c>too_many_tasks</c>.</returns>
    public Result<CallTaskStep> CreateOfCall(string id, string tool, CallInput input, DateTimeOffset now) => input.Length > CallTaskLimits.InputCharacters
        ? CallTaskRefusals.TaskInputTooLarge
        : Create(new CallTask(id, tool, null, null, now, now, input), now);

    /// <summary>Takes answers, whose first stands.</summary>
    /// <param name="id">The task.</param>
    /// <param name="isOwner">Whether the agent's owner answers.</param>
    /// <param name="responses">Answers by the key of the question.</param>
    /// <param name="now">The time.</param>
    /// <returns>The task; as it is when it asks nothing. Refused with <c>task_not_found</c>, <c>task_input_too_large</c>.</returns>
    public Result<CallTaskStep> Answer(string id, bool isOwner, IReadOnlyDictionary<string, string> responses, DateTimeOffset now) =>
        Change(id, isOwner, input => input.Answer(responses), now);

    /// <summary>Asks further questions, once for all that ask them.</summary>
    /// <param name="id">The task.</param>
    /// <param name="after">Questions there were when the tool went on: when there are more by now, somebody else has asked.</param>
    /// <param name="questions">What is asked.</param>
    /// <param name="state">What the tool wants to know when it goes on; null: nothing.</param>
    /// <param name="now">The time.</param>
    /// <returns>The task. Refused with <c>task_not_found</c>, <c>task_input_too_large</c>.</returns>
    public Result<CallTaskStep> Ask(string id, int after, IEnumerable<CallQuestion> questions, string? state, DateTimeOffset now) =>
        Change(id, true, input => input.IsAnswered && input.Questions.Length == after ? input.Ask(questions, state) : input, now);

    /// <summary>Ends a task that asks and waits for an answer. Of others the work is ended, and not the name.</summary>
    /// <param name="id">The task.</param>
    /// <param name="isOwner">Whether the agent's owner ends it.</param>
    /// <param name="now">The time.</param>
    /// <returns>The task; as it is when everything is answered. Refused with <c>task_not_found</c>.</returns>
    public Result<CallTaskStep> Cancel(string id, bool isOwner, DateTimeOffset now) => Change(id, isOwner, input => input.IsAnswered ? input : CallInput.Canceled, now);

    /// <summary>The task of an id; null when there is none, it has expired, or it is somebody else's, which are one and the same to whoever asks.</summary>
    /// <param name="id">The id.</param>
    /// <param name="isOwner">Whether the agent's owner asks.</param>
    /// <param name="now">The time.</param>
    public CallTask? Find(string id, bool isOwner, DateTimeOffset now) => All.FirstOrDefault(task => task.Id == id && task.IsKept(now) && task.IsFor(isOwner));

    private Result<CallTaskStep> Create(CallTask wanted, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        var kept = All.RemoveAll(task => !task.IsKept(now));
        // A call that was repeated, by the gateway or with its key, is the same work and one task.
        if (kept.FirstOrDefault(task => task.IsOfTheSame(wanted)) is { } earlier)
            return Replace(earlier, earlier.GoOnAs(wanted));
        // Whoever pays must not take the owner's room.
        var isFull = wanted.PaymentId is null ? kept.Length >= CallTaskLimits.Kept : kept.Count(task => task.PaymentId is not null) >= CallTaskLimits.Paid;
        isFull |= wanted.IsAsking && kept.Count(task => task is { IsAsking: true, Input.IsCanceled: false }) >= CallTaskLimits.Asking;
        if (isFull || kept.Length >= CallTaskLimits.Kept)
            return CallTaskRefusals.TooManyTasks;
        var task = wanted with { CreatedAt = now, ExpiresAt = now + CallTaskLimits.Lifetime };
        return new CallTaskStep(this with { All = kept.Add(task) }, task);
    }

    private Result<CallTaskStep> Change(string id, bool isOwner, Func<CallInput, CallInput> change, DateTimeOffset now)
    {
        if (Find(id, isOwner, now) is not { } task)
            return CallTaskRefusals.TaskNotFound;
        if (!task.IsAsking || task.Input is not { IsCanceled: false } input)
            return new CallTaskStep(null, task);
        var changed = change(input);
        if (ReferenceEquals(changed, input))
            return new CallTaskStep(null, task);
        return changed.Length > CallTaskLimits.InputCharacters ? CallTaskRefusals.TaskInputTooLarge : Replace(task, task with { Input = changed });
    }

    private CallTaskStep Replace(CallTask task, CallTask by) => ReferenceEquals(task, by) ? new CallTaskStep(null, task) : new CallTaskStep(this with { All = All.Replace(task, by) }, by);
}

/// <summary>What making a task comes to.</summary>
/// <param name="Table">The tasks to store; null: they stay.</param>
/// <param name="Task">The task.</param>
public sealed record CallTaskStep(CallTaskTable? Table, CallTask Task);
