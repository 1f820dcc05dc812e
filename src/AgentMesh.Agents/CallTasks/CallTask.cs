namespace AgentMesh.Agents.CallTasks;

/// <summary>
/// A name for work that goes on without whoever called for it: a turn, or what a payment is worked on for. It has no state of its own, because the turn
/// and the payment have theirs.
/// </summary>
/// <param name="Id">Its id, which nobody can guess: of paid work it is the credential.</param>
/// <param name="Tool">The tool that was called, whose result it ends in.</param>
/// <param name="Turn">The turn. A JSON integer below 2^48. Null: it is a payment's work.</param>
/// <param name="PaymentId">The payment. Null: it is a turn.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From then on nobody finds it. The work does not end with it.</param>
public sealed record CallTask(string Id, string Tool, long? Turn, string? PaymentId, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>True while it is found.</summary>
    internal bool IsKept(DateTimeOffset now) => now < ExpiresAt;

    /// <summary>True when it names the work that another one names.</summary>
    internal bool IsOfTheSame(CallTask other) => Turn == other.Turn && PaymentId == other.PaymentId;

    /// <summary>True for whom it was made: who owns the agent, or has paid and therefore has its id.</summary>
    internal bool IsFor(bool isOwner) => isOwner || PaymentId is not null;
}
