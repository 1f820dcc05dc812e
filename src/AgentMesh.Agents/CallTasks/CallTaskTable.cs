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
            return new CallTaskStep(null, earlier);
        // Whoever pays must not take the owner's room.
        var isFull = wanted.PaymentId is null ? kept.Length >= CallTaskLimits.Kept : kept.Count(task => task.PaymentId is not null) >= CallTaskLimits.Paid;
        if (isFull || kept.Length >= CallTaskLimits.Kept)
            return CallTaskRefusals.TooManyTasks;
        var task = wanted with { CreatedAt = now, ExpiresAt = now + CallTaskLimits.Lifetime };
        return new CallTaskStep(this with { All = kept.Add(task) }, task);
    }
}

/// <summary>What making a task comes to.</summary>
/// <param name="Table">The tasks to store; null: they stay.</param>
/// <param name="Task">The task.</param>
public sealed record CallTaskStep(CallTaskTable? Table, CallTask Task);
