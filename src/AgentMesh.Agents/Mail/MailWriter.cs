using System.Collections.Immutable;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Mail;

/// <summary>Gathers what one change of the mailbox stores.</summary>
internal sealed class MailWriter
{
    private readonly ConversationWriter _log;
    private readonly MailMoney? _money;
    private readonly TimeSpan _lease;
    private readonly List<(long N, OutMail Mail)> _sent = [];
    private readonly List<(long N, InMail Mail)> _received = [];
    private readonly List<string> _removed = [];
    private readonly List<string> _due = [];

    private MailWriter(ConversationWriter log, MailBook book, MailMoney? money, TimeSpan lease, DateTimeOffset now) =>
        (_log, Book, _money, Ledger, _lease, Now) = (log, book, money, money?.Ledger, lease, now);

    /// <summary>The book so far.</summary>
    internal MailBook Book { get; set; }

    /// <summary>The ledger so far; null when it was not loaded.</summary>
    internal Ledger? Ledger { get; private set; }

    /// <summary>Up to where a sender's mail was taken.</summary>
    internal (int Bucket, MailSenders Senders)? Senders { get; set; }

    /// <summary>The time, in whole milliseconds.</summary>
    internal DateTimeOffset Now { get; }

    /// <summary>When what is begun now is looked after.</summary>
    internal DateTimeOffset LeaseUntil => Now + _lease;

    /// <summary>The head so far.</summary>
    internal AgentHead Head => _log.Head;

    /// <summary>Starts where the head ends.</summary>
    internal static Result<MailWriter> Open(MailInputs inputs, DateTimeOffset now)
    {
        var log = ConversationWriter.Open(inputs.Turn.Head, inputs.Turn.OpenEvents, inputs.Turn.Turns, inputs.Turn.Funds);
        if (log.IsRefused)
            return log.Refusal;
        var book = MailBook.Open(inputs.Turn.Head, inputs.Book);
        return book.IsRefused ? book.Refusal : new MailWriter(log.Value, book.Value, inputs.Money, inputs.Rules.Lease, now.WholeMilliseconds());
    }

    /// <summary>Puts a message at the end of its receiver's line.</summary>
    /// <returns>Its number.</returns>
    internal long Send(Func<long, OutMail> make)
    {
        var n = Head.MailOut + 1;
        var mail = make(n);
        _log.Head = Head with { MailOut = n };
        _sent.Add((n, mail));
        if (n > MailLimits.KeptSent)
            _removed.Add(StateKeys.SentMail(n - MailLimits.KeptSent));
#if PLANTED_BUGS
        if (PlantedBugs.Is("dropped_outbox") && n % 8 == 0)
            return n;
#endif
        (Book, var isDue) = Book.With(mail.To, n, mail.InReplyTo is not null, LeaseUntil);
        if (isDue)
            _due.Add(mail.To);
        Note(MailFacts.Sent(mail, Now));
        return n;
    }

    /// <summary>Keeps a message that has come, or only its number.</summary>
    /// <returns>Its number.</returns>
    internal long Receive(InMail? mail)
    {
        var n = Head.MailIn + 1;
        _log.Head = Head with { MailIn = n };
        if (mail is not null)
        {
            _received.Add((n, mail));
            Note(MailFacts.Received(mail, Now));
        }

        if (n > MailLimits.KeptReceived)
            _removed.Add(StateKeys.ReceivedMail(n - MailLimits.KeptReceived));
        return n;
    }

    internal void Replace(long n, OutMail mail) => _sent.Add((n, mail));

    internal void Replace(long n, InMail mail) => _received.Add((n, mail));

    internal void Note(FactEntry fact) => _log.Note(fact);

    /// <summary>Remembers the request that sent something.</summary>
    internal void Remember(byte[] requestHash, PagePointer first) => _log.Head = Head with { Recent = RecentRequests.With(Head.Recent, requestHash, first) };

    /// <summary>Counts the caller's key.</summary>
    internal void Count(KeyBuckets keys) => _log.Head = Head with { Keys = keys.Count(Head.Keys) };

    /// <summary>True when a sent message cannot make room for another: it is under way, or the answer that says what it has cost is still to come.</summary>
    /// <exception cref="InvalidOperationException">It carries money, and the ledger was not loaded.</exception>
    internal bool IsNeeded(OutMail mail) => mail.IsOpen || mail is { Funds: not null, InReplyTo: null }
        && (Ledger ?? throw new InvalidOperationException("A message carries money, and the ledger was not loaded.")).Find(MailSending.HoldIdOf(mail.Id)) is { IsOpen: true };

    /// <summary>Changes the ledger.</summary>
    /// <returns>Why not; null when it is done.</returns>
    internal Refusal? Change(Func<Ledger, MailMoney, Result<LedgerStep>> change)
    {
        var money = _money ?? throw new InvalidOperationException("A message carries money, and the ledger was not loaded.");
        var step = change(Ledger!, money);
        if (step.IsRefused)
            return step.Refusal;
        Ledger = step.Value.Ledger;
        foreach (var fact in step.Value.Facts)
            Note(fact);
        return null;
    }

    /// <summary>Changes the ledger, in what is never refused.</summary>
    internal void Change(Func<Ledger, MailMoney, Ledger> change) =>
        Ledger = change(Ledger!, _money ?? throw new InvalidOperationException("A message carries money, and the ledger was not loaded."));

    /// <summary>The records to store.</summary>
    internal MailStep ToStep(long epoch)
    {
        _log.Head = Head with { NextMail = Book.Next };
        var change = _log.ToChange(epoch, Now);
        var records = new MailRecords(Book)
        {
            Sent = [.. _sent],
            Received = [.. _received],
            Senders = Senders,
            Removed = [.. _removed],
        };
        return new MailStep(change with { Mail = records, Ledger = ReferenceEquals(Ledger, _money?.Ledger) ? change.Ledger : Ledger }, [.. _due]);
    }
}

/// <summary>What a change of the mailbox comes to.</summary>
/// <param name="Change">The records to store; null: nothing has changed.</param>
/// <param name="Due">Receivers to whose lines runs are due when they are stored.</param>
public sealed record MailStep(AgentChange? Change, ImmutableArray<string> Due);
