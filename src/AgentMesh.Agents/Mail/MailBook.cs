using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Mail;

/// <summary>
/// What an agent has to do for its mail, and its policy. State key <c>mail</c>; not there before the first message. How far the numbers have come stands in
/// the head: what is beyond it is of a transaction whose head was never stored.
/// </summary>
/// <param name="Sent">When the last messages were sent, see <see cref="Limits.RateWindow"/>.</param>
/// <param name="Lines">Messages that are under way, one line for each receiver.</param>
/// <param name="ToAnswer">Numbers of received messages that are to be answered, in the order they came.</param>
/// <param name="Answering">Received messages that turns answer.</param>
/// <param name="LookAt">When to look at those two; null: there is nothing to look at.</param>
/// <param name="Policy">The owner's; null: the default is in force.</param>
/// <param name="Answers">Numbers of messages under way that answer others.</param>
public sealed record MailBook(
    PackedEntries Sent,
    ImmutableArray<MailLine> Lines,
    ImmutableArray<long> ToAnswer,
    ImmutableArray<MailTurn> Answering,
    DateTimeOffset? LookAt,
    MailPolicy? Policy,
    ImmutableArray<long> Answers)
{
    /// <summary>A mailbox never used.</summary>
    public static MailBook Empty { get; } = new(PackedEntries.Empty, [], [], [], null, null, []);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.MailBook;

    /// <summary>Messages that are under way and answer none. Answers are not of the sender's own making, and must not keep it from sending.</summary>
    [JsonIgnore]
    public int UnderWay => Lines.Sum(line => line.Open.Length) - Answers.Length;

    /// <summary>Received messages that somebody has to see to.</summary>
    [JsonIgnore]
    public int Unanswered => ToAnswer.Length + Answering.Count(turn => turn.Reply is null);

    /// <summary>When something is to be done; null: nothing is.</summary>
    [JsonIgnore]
    public DateTimeOffset? Next => AgentHead.Earlier(LookAt, Lines.Min(line => (DateTimeOffset?)line.TryAt));

    /// <summary>The line to a receiver; null when nothing is under way to it.</summary>
    public MailLine? Line(string to) => Lines.FirstOrDefault(line => line.To == to);

    /// <summary>As far as the head knows it, or the reason to quarantine the agent.</summary>
    /// <param name="head">The head.</param>
    /// <param name="stored">What is stored; null when nothing is.</param>
    public static Result<MailBook> Open(AgentHead head, MailBook? stored)
    {
        if (StoredConversation.CheckHead(head) is { } damaged)
            return damaged;
        if (stored is null)
            return head.NextMail is null ? Empty : ConversationRefusals.AgentQuarantined("the mailbox is missing");
        ImmutableArray<MailLine> lines = [.. stored.Lines.Select(line => line with { Open = line.Open.RemoveAll(n => n > head.MailOut) }).Where(line => !line.Open.IsEmpty)];
        return stored with
        {
            Lines = lines,
            Answers = stored.Answers.IsEmpty ? [] : [.. lines.SelectMany(line => line.Open).Intersect(stored.Answers)],
            ToAnswer =
            [
                .. stored.Answering.Where(turn => turn.N <= head.MailIn && turn.Turn > head.LastSeq).Select(turn => turn.N),
                .. stored.ToAnswer.Where(n => n <= head.MailIn),
            ],
            // One whose answer is out is over; an answer beyond the head is none.
            Answering =
            [
                .. from turn in stored.Answering
                   where turn.N <= head.MailIn && turn.Turn <= head.LastSeq && !(turn.Reply <= head.MailOut)
                   select turn with { Reply = null },
            ],
        };
    }

    /// <summary>Answers under way to an agent.</summary>
    internal int AnswersTo(string to) => Line(to) is { } line && !Answers.IsEmpty ? line.Open.Count(Answers.Contains) : 0;

    /// <summary>With one more message at the end of its receiver's line.</summary>
    /// <param name="to">The receiver.</param>
    /// <param name="n">The message's number.</param>
    /// <param name="isAnswer">It answers another one.</param>
    /// <param name="until">When the run that brings it is given up.</param>
    /// <returns>Whether a run is due: none while another one works on the line, or is to.</returns>
    internal (MailBook Book, bool IsDue) With(string to, long n, bool isAnswer, DateTimeOffset until)
    {
        var book = isAnswer ? this with { Answers = Answers.Add(n) } : this;
        return Line(to) is { } line
            ? (book.Replace(line, line with { Open = line.Open.Add(n) }), false)
            : (book with { Lines = Lines.Add(new MailLine(to, [n], 0, until)) }, true);
    }

    /// <summary>With a line as it is now; one that is empty goes.</summary>
    internal MailBook Replace(MailLine line, MailLine by) => this with { Lines = by.Open.IsEmpty ? Lines.Remove(line) : Lines.Replace(line, by) };

    /// <summary>With the time to look at what is to be answered.</summary>
    internal MailBook LookingAt(DateTimeOffset at) => this with { LookAt = Unanswered == 0 ? null : at };
}

/// <summary>Messages under way to one receiver. They go one after the other: the next when it is known what became of the one before.</summary>
/// <param name="To">The receiver, <c>{tenant}:{user}</c>.</param>
/// <param name="Open">Their numbers, rising. Never none.</param>
/// <param name="Attempts">How often the receiver could not be reached for the first of them.</param>
/// <param name="TryAt">When a run has it again: the one that works on it is given up, or the receiver is tried again.</param>
public sealed record MailLine(string To, ImmutableArray<long> Open, int Attempts, DateTimeOffset TryAt)
{
    /// <summary>A run has it.</summary>
    internal MailLine Lend(DateTimeOffset until) => this with { TryAt = until };

    /// <summary>Without its first message, about which all is known.</summary>
    internal MailLine Next(DateTimeOffset until) => Lend(until) with { Open = Open.RemoveAt(0), Attempts = 0 };

    /// <summary>The receiver could not be reached, or has no room.</summary>
    /// <param name="jitter">0 to 1, at random: those who wait for the same receiver do not come together.</param>
    /// <param name="now">The time.</param>
    internal MailLine Pause(double jitter, DateTimeOffset now)
    {
        var longest = Math.Min(MailLimits.FirstPause.TotalSeconds * Math.Pow(2, Math.Min(Attempts, 16)), MailLimits.LongestPause.TotalSeconds);
        return this with { Attempts = Attempts + 1, TryAt = (now + TimeSpan.FromSeconds(longest * (0.5 + jitter / 2))).WholeMilliseconds() };
    }

    /// <inheritdoc/>
    public bool Equals(MailLine? other) => other is not null && To == other.To && Open.SequenceEqual(other.Open) && Attempts == other.Attempts && TryAt == other.TryAt;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(To, Open.Length, Attempts, TryAt);
}

/// <summary>A received message that a turn answers.</summary>
/// <param name="N">Its number.</param>
/// <param name="Turn">The turn.</param>
/// <param name="Reply">The number of the answer that was sent; null: there is none yet.</param>
public sealed record MailTurn(long N, long Turn, long? Reply);
