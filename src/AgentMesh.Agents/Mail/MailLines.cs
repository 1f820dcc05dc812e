using AgentMesh.Agents.Budgets;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Mail;

/// <summary>
/// What the runs of lines report. A run brings one message after the other; the next one only when it is known what became of the one before, so that
/// the receiver gets them in their order. A line whose run is lost is run again when its time has come.
/// </summary>
public static class MailLines
{
    /// <summary>The receiver has the message, or has refused it for good.</summary>
    /// <param name="inputs">The agent's records; with its money, when the message carries some.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="n">The message's number.</param>
    /// <param name="mail">The message, as stored.</param>
    /// <param name="refusal">Why it is refused; null: it was taken.</param>
    /// <param name="isToAnswer">The receiver will answer it, and tell then what it has spent.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<LineStep> Settle(MailInputs inputs, string to, long n, OutMail mail, Refusal? refusal, bool isToAnswer, long epoch, DateTimeOffset now)
    {
        var found = Find(inputs, to, n, now);
        if (found.IsRefused)
            return found.Refusal;
        if (found.Value is not ({ } writer, { } line))
            return LineStep.Lost;
        // Discarded meanwhile.
        if (mail.IsOpen)
        {
            var settled = mail with
            {
                State = refusal is null ? OutMailState.Delivered : OutMailState.Dead,
                SettledAt = writer.Now,
                Reason = refusal is null ? null : new MailReason(refusal.Code, refusal.Detail),
            };
            writer.Replace(n, settled);
            writer.Note(MailFacts.Settled(settled, writer.Now));
            // An answer brings what was spent before, and holds nothing itself.
            if (mail is { Funds: not null, InReplyTo: null } && (refusal is not null || !isToAnswer) && Free(writer, mail.Id) is { } broken)
                return broken;
        }

        return Advance(writer, line, epoch);
    }

    /// <summary>
    /// The receiver was not reached, or has no room now: it is tried again after a pause. When nothing was heard of it long after the deadline the message is
    /// given up, and whether it was delivered is not known.
    /// </summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="n">The message's number.</param>
    /// <param name="mail">The message, as stored.</param>
    /// <param name="reason">Why.</param>
    /// <param name="jitter">0 to 1, at random.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<LineStep> Pause(MailInputs inputs, string to, long n, OutMail mail, Refusal reason, double jitter, long epoch, DateTimeOffset now)
    {
        var found = Find(inputs, to, n, now);
        if (found.IsRefused)
            return found.Refusal;
        if (found.Value is not ({ } writer, { } line))
            return LineStep.Lost;
        var known = mail with { Reason = new MailReason(reason.Code, reason.Detail) };
        if (writer.Now >= mail.Deadline + MailLimits.FundsKept)
        {
            Discard(writer, n, known);
            return Advance(writer, line, epoch);
        }

        writer.Book = writer.Book.Replace(line, line.Pause(jitter, writer.Now));
        writer.Replace(n, known);
        return new LineStep(writer.ToStep(epoch), null);
    }

    /// <summary>Has lines run again whose time has come.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<MailStep> Resume(MailInputs inputs, long epoch, DateTimeOffset now)
    {
        var opened = MailWriter.Open(inputs, now);
        if (opened.IsRefused)
            return opened.Refusal;
        var writer = opened.Value;
        MailLine[] due = [.. writer.Book.Lines.Where(line => line.TryAt <= writer.Now).OrderBy(line => line.TryAt).Take(MailLimits.LinesAtOnce)];
        foreach (var line in due)
            writer.Book = writer.Book.Replace(line, line.Lend(writer.LeaseUntil));
        // A time of a transaction whose head was never stored is older than what there is.
        return due.Length == 0 && inputs.Turn.Head.NextMail == writer.Book.Next ? new MailStep(null, []) : writer.ToStep(epoch) with { Due = [.. due.Select(line => line.To)] };
    }

    /// <summary>Its sender does not want a message delivered any more. It may have been: what it carries counts as spent until that is known.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="n">The message's number.</param>
    /// <param name="mail">The message, as stored.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<MailStep> Discard(MailInputs inputs, long n, OutMail mail, long epoch, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(mail);
        var opened = MailWriter.Open(inputs, now);
        if (opened.IsRefused)
            return opened.Refusal;
        if (mail.State == OutMailState.Discarded)
            return new MailStep(null, []);
        var writer = opened.Value;
        if (!mail.IsOpen || writer.Book.Line(mail.To) is not { } line || !line.Open.Contains(n))
            return MailRefusals.MailNotOpen;
        Discard(writer, n, mail);
        // The run that had it is lost with it: the next one is due.
        writer.Book = writer.Book.Replace(line, line with { Open = line.Open.Remove(n), Attempts = 0, TryAt = line.Open[0] == n ? writer.Now : line.TryAt });
        return writer.ToStep(epoch);
    }

    /// <summary>Nothing of what a message carries is spent.</summary>
    internal static Refusal? Free(MailWriter writer, string id) => writer.Change((ledger, money) => ledger.Find(MailSending.HoldIdOf(id)) is { IsOpen: true } hold
        ? ledger.Void(hold.Id, money.Rules, money.Now)
        : new LedgerStep(ledger, null!, []));

    private static void Discard(MailWriter writer, long n, OutMail mail)
    {
        var discarded = mail with { State = OutMailState.Discarded, SettledAt = writer.Now };
        writer.Replace(n, discarded);
        writer.Note(MailFacts.Settled(discarded, writer.Now));
    }

    private static LineStep Advance(MailWriter writer, MailLine line, long epoch)
    {
        var next = line.Next(writer.LeaseUntil);
        writer.Book = writer.Book.Replace(line, next);
        return new LineStep(writer.ToStep(epoch), next.Open.IsEmpty ? null : next.Open[0]);
    }

    /// <summary>The line, when the message is its first; null: a run before this one has told.</summary>
    private static Result<(MailWriter Writer, MailLine? Line)> Find(MailInputs inputs, string to, long n, DateTimeOffset now)
    {
        var opened = MailWriter.Open(inputs, now);
        if (opened.IsRefused)
            return opened.Refusal;
        return (opened.Value, opened.Value.Book.Line(to) is { } line && line.Open[0] == n ? line : null);
    }
}

/// <summary>What a report of a run comes to.</summary>
/// <param name="Step">What to store.</param>
/// <param name="Next">The message to bring next; null: none, the run is over.</param>
public sealed record LineStep(MailStep Step, long? Next)
{
    /// <summary>The line is not the run's any more.</summary>
    public static LineStep Lost { get; } = new(new MailStep(null, []), null);
}
