using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Policies;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Mail;

/// <summary>A message that an agent has sent. State key <c>mail-out:{n}</c>.</summary>
/// <param name="Id">Its id, see <see cref="MailId"/>.</param>
/// <param name="To">The receiver, <c>{tenant}:{user}</c>.</param>
/// <param name="Content">The text.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Deadline">From then on no receiver takes it.</param>
/// <param name="Via">The agents whose messages have led to it, the sender last.</param>
/// <param name="InReplyTo">The message it answers; null: none.</param>
/// <param name="Failure">A code of a refusal, when it says that there will be no answer; null: it does not.</param>
/// <param name="Topic">The topic it was sent to; null: to the receiver alone.</param>
/// <param name="State">What became of it.</param>
/// <param name="SettledAt">When that was known; null: it is under way.</param>
/// <param name="Reason">Why it is dead, or why the receiver was not reached the last time; null: there is nothing to say.</param>
/// <param name="Reply">The number of the received message that answers it; null: none has come.</param>
/// <param name="ReplayedAs">The number of the message that took its place; null: none did.</param>
public sealed record OutMail(
    string Id,
    string To,
    string Content,
    DateTimeOffset At,
    DateTimeOffset Deadline,
    ImmutableArray<string> Via,
    MailReference? InReplyTo,
    string? Failure,
    string? Topic,
    OutMailState State,
    DateTimeOffset? SettledAt,
    MailReason? Reason,
    long? Reply,
    long? ReplayedAs)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.OutMail;

    /// <summary>What the receiver may spend for it; null: nothing of the sender's.</summary>
    [JsonRequired]
    public MailFunds? Funds { get; init; }

    /// <summary>True while it is under way.</summary>
    [JsonIgnore]
    public bool IsOpen => State == OutMailState.Pending;

    /// <inheritdoc/>
    public bool Equals(OutMail? other) =>
        other is not null && Via.SequenceEqual(other.Via) && Funds == other.Funds && V == other.V
        && (Id, To, Content, At, Deadline, InReplyTo, Failure) == (other.Id, other.To, other.Content, other.At, other.Deadline, other.InReplyTo, other.Failure)
        && (Topic, State, SettledAt, Reason, Reply, ReplayedAs) == (other.Topic, other.State, other.SettledAt, other.Reason, other.Reply, other.ReplayedAs);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, State);
}

/// <summary>What became of a message.</summary>
public enum OutMailState
{
    /// <summary>It is under way.</summary>
    Pending,

    /// <summary>The receiver has it.</summary>
    Delivered,

    /// <summary>The receiver has refused it for good, and it is not delivered.</summary>
    Dead,

    /// <summary>The sender does not want it delivered any more, or the receiver was not reached until long after the deadline; whether it was delivered is not known.</summary>
    Discarded,
}

/// <summary>A message of another agent.</summary>
/// <param name="Id">Its id.</param>
/// <param name="N">Its sender's number of it.</param>
public sealed record MailReference(string Id, long N);

/// <summary>Why.</summary>
/// <param name="Code">The code of a refusal.</param>
/// <param name="Detail">A sentence, safe to show.</param>
public sealed record MailReason(string Code, string Detail);

/// <summary>Money that goes with a message.</summary>
/// <param name="Asset">Of what, see <see cref="Budgets.BudgetAssets"/>.</param>
/// <param name="Amount">How much, in atomic units: what may be spent, or in an answer what was.</param>
public sealed record MailFunds(string Asset, [property: JsonConverter(typeof(AtomicAmountConverter))] UInt128 Amount)
{
    /// <summary>Money of a caller's words, or what is wrong with them.</summary>
    /// <param name="asset"><c>USD</c>, or a token as CAIP-19 in any case.</param>
    /// <param name="amount">Atomic units as decimal text.</param>
    public static Result<MailFunds> Create(string? asset, string? amount)
    {
        var known = asset is null ? null : asset == BudgetAssets.Usd ? asset : BudgetAssets.TokenOf(asset);
        if (known is null)
            return MailRefusals.InvalidMail("the asset of its budget is USD, or a token as CAIP-19");
        return AtomicAmount.TryParse(amount, out var atomic) ? new MailFunds(known, atomic) : MailRefusals.InvalidMail("the amount of its budget is atomic units, as decimal text");
    }
}
