using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Mail;

/// <summary>A message that an agent has received. State key <c>mail-in:{n}</c>.</summary>
/// <param name="Id">Its id, the sender's.</param>
/// <param name="From">The sender, <c>{tenant}:{user}</c>.</param>
/// <param name="FromN">The sender's number of it.</param>
/// <param name="Content">The text.</param>
/// <param name="SentAt">When it was sent, by the sender's clock.</param>
/// <param name="At">When it came.</param>
/// <param name="Via">The agents whose messages have led to it, the sender last.</param>
/// <param name="InReplyTo">The message it answers; null: none.</param>
/// <param name="Failure">A code of a refusal, when it says that there will be no answer; null: it does not.</param>
/// <param name="Topic">The topic it was sent to; null: to the agent alone.</param>
/// <param name="State">What became of it.</param>
/// <param name="Session">The session that it is answered in; null: it is not.</param>
/// <param name="Turn">The turn that answers it; null: none does.</param>
/// <param name="Reply">The number of the answer that was sent; null: none was.</param>
/// <param name="Reason">Why it was not answered; null: it was, or is not to be.</param>
public sealed record InMail(
    string Id,
    string From,
    long FromN,
    string Content,
    DateTimeOffset SentAt,
    DateTimeOffset At,
    ImmutableArray<string> Via,
    MailReference? InReplyTo,
    string? Failure,
    string? Topic,
    InMailState State,
    string? Session,
    long? Turn,
    long? Reply,
    MailReason? Reason)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.InMail;

    /// <summary>What may be spent for it, or in an answer what was; null: nothing of the sender's.</summary>
    [JsonRequired]
    public MailFunds? Funds { get; init; }

    /// <summary>True when it may make room for another.</summary>
    [JsonIgnore]
    internal bool IsDone => State is InMailState.Answered or InMailState.Failed or InMailState.Read;

    /// <inheritdoc/>
    public bool Equals(InMail? other) =>
        other is not null && Via.SequenceEqual(other.Via) && Funds == other.Funds && V == other.V
        && (Id, From, FromN, Content, SentAt, At, InReplyTo, Failure) == (other.Id, other.From, other.FromN, other.Content, other.SentAt, other.At, other.InReplyTo, other.Failure)
        && (Topic, State, Session, Turn, Reply, Reason) == (other.Topic, other.State, other.Session, other.Turn, other.Reply, other.Reason);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, State);
}

/// <summary>What became of a received message.</summary>
public enum InMailState
{
    /// <summary>It is kept for whoever reads the inbox.</summary>
    Stored,

    /// <summary>It is to be answered.</summary>
    Waiting,

    /// <summary>A turn answers it.</summary>
    Answering,

    /// <summary>It was answered.</summary>
    Answered,

    /// <summary>It could not be answered, and the sender was told.</summary>
    Failed,

    /// <summary>Its owner has dealt with it.</summary>
    Read,
}
