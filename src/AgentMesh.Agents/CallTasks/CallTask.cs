namespace AgentMesh.Agents.CallTasks;

/// <summary>
/// A name for work that goes on without whoever called for it: a turn, or what a payment is worked on for. It has no state of its own, because the turn
/// and the payment have theirs; but for what a call asks before there is a turn.
/// </summary>
/// <param name="Id">Its id, which nobody can guess: of paid work it is the credential.</param>
/// <param name="Tool">The tool that was called, whose result it ends in.</param>
/// <param name="Turn">The turn. A JSON integer below 2^48. Null: it is a payment's work, or there is none yet.</param>
/// <param name="PaymentId">The payment. Null: it is another's work.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From then on nobody finds it. The work does not end with it.</param>
/// <param name="Input">What the call asked before its work is a turn; null: nothing.</param>
public sealed record CallTask(string Id, string Tool, long? Turn, string? PaymentId, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, CallInput? Input = null)
{
    /// <summary>True while it is found.</summary>
    internal bool IsKept(DateTimeOffset now) => now < ExpiresAt;

    /// <summary>It asks, or has asked, and has no other work.</summary>
    internal bool IsAsking => Turn is null && PaymentId is null;

    /// <summary>True when it names the work that another one names, or is that one.</summary>
    internal bool IsOfTheSame(CallTask other) => Id == other.Id || !IsAsking && Turn == other.Turn && PaymentId == other.PaymentId;

    /// <summary>The turn that its call has come to, which has all that was asked in it, if everything is answered; else as it is.</summary>
    internal CallTask GoOnAs(CallTask wanted) =>
        IsAsking && wanted is { Turn: { } turn } && wanted.Id == Id && Input is { IsAnswered: true } ? this with { Turn = turn, Input = null } : this;

    /// <summary>True for whom it was made: who owns the agent, or has paid and therefore has its id.</summary>
    internal bool IsFor(bool isOwner) => isOwner || PaymentId is not null;
}
