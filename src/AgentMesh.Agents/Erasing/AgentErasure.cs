using System.Collections.Immutable;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Purchases;
using AgentMesh.Agents.Sessions;

namespace AgentMesh.Agents.Erasing;

/// <summary>
/// Removes everything an agent has, in parts of a bounded size. What is left stands in the head, which goes last: an erasure that is cut off goes
/// on where it was. From the first part on the agent refuses everything else. What it may spend stays, or an erasure would refill every budget: the
/// ledger, the policy, and what the policy remembers.
/// </summary>
public static class AgentErasure
{
    /// <summary>Pages that one part removes.</summary>
    public const int PagesAtOnce = 128;

    /// <summary>Purchases that one part removes, each with its bodies.</summary>
    public const int PurchasesAtOnce = 32;

    /// <summary>The session whose record the next part needs; null when none is left.</summary>
    public static string? NextSession(SessionIndex index) => index.Count > 0 ? index[index.Count - 1] : null;

    /// <summary>The next part.</summary>
    /// <param name="head">The head.</param>
    /// <param name="index">The sessions that are left.</param>
    /// <param name="session">The record of <see cref="NextSession"/>; null when it is not there.</param>
    /// <param name="purchases">The purchases that are left.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="ledger">What stays of the ledger; null: nothing.</param>
    public static ErasurePart Next(AgentHead head, SessionIndex index, SessionRecord? session, PurchaseBook purchases, long epoch, Ledger? ledger)
    {
        // Turns end here without an event: the log goes too.
        head = head with
        {
            IsErasing = true,
            OpenTurns = 0,
            PausedTurns = 0,
            NextResume = null,
            NextSchedule = null,
            NextExpiry = null,
            NextHold = null,
            NextPurchase = null,
            NextMail = null,
            Epoch = epoch,
        };
        if (purchases.Ids is { IsEmpty: false } ids)
        {
            string[] removed = [.. ids.Take(PurchasesAtOnce)];
            return new ErasurePart(head)
            {
                Keys = [StateKeys.Turns, .. removed.SelectMany(one => (string[])[StateKeys.Purchase(one), StateKeys.PurchaseBody(one), StateKeys.PurchaseAnswer(one)])],
                Purchases = purchases.Without(removed),
            };
        }

        if (NextMail(head) is { Keys.IsEmpty: false } mail)
            return mail;

        if (NextSession(index) is { } id)
        {
            var pages = session?.Page.N ?? 0;
            var kept = Math.Max(0, pages - PagesAtOnce);
            return new ErasurePart(head)
            {
                Keys = [StateKeys.Turns, StateKeys.Summary(id), .. Pages(id, kept + 1, pages), .. kept == 0 ? [StateKeys.Session(id)] : ImmutableArray<string>.Empty],
                Index = kept == 0 ? index.Without(id) : null,
                Session = kept == 0 || session is null ? null : (id, session with { IsDeleted = true, MessageCount = 0, Page = new OpenPage(kept, 0, 0) }),
            };
        }

        if (head.Page.N > 0)
        {
            var kept = Math.Max(0, head.Page.N - PagesAtOnce);
            return new ErasurePart(head with { Page = new OpenPage(kept, 0, 0) })
            {
                Keys = [StateKeys.Turns, .. Pages(SessionNames.Default, kept + 1, head.Page.N)],
            };
        }

        if (head.EventsFrom <= head.LastSeq)
        {
            var first = EventLogPage.NumberOf(head.EventsFrom);
            var last = Math.Min(EventLogPage.NumberOf(head.LastSeq), first + PagesAtOnce - 1);
            return new ErasurePart(head with { EventsFrom = Math.Min(EventLogPage.FirstSeq(last + 1), head.LastSeq + 1) })
            {
                Keys = [StateKeys.Turns, .. Enumerable.Range(first, last - first + 1).Select(StateKeys.Events)],
            };
        }

        return new ErasurePart(null)
        {
            Keys =
            [
                StateKeys.Turns, StateKeys.Schedules, StateKeys.Expiries, StateKeys.Sessions, StateKeys.Profile, StateKeys.Usage, StateKeys.Wallet,
                StateKeys.Purchases, StateKeys.Approvals, StateKeys.Tasks, StateKeys.Topics, StateKeys.Published, StateKeys.Tickets, .. ledger is null ? [StateKeys.Ledger] : ImmutableArray<string>.Empty, StateKeys.Summary(SessionNames.Default),
                .. Enumerable.Range(0, ConversationLimits.IdempotencyBuckets).Select(StateKeys.Bucket), StateKeys.Mail,
                .. Enumerable.Range(0, MailLimits.SenderBuckets).Select(StateKeys.MailSenders), StateKeys.Head,
            ],
            Ledger = ledger,
        };
    }

    /// <summary>The next places of the outbox, and behind them those of the inbox, each from its last number down.</summary>
    private static ErasurePart NextMail(AgentHead head)
    {
        string[] all =
        [
            .. Numbers(head.MailOut, MailLimits.KeptSent).Select(StateKeys.SentMail),
            .. Numbers(head.MailIn, MailLimits.KeptReceived).Select(StateKeys.ReceivedMail),
        ];
        var next = all.Skip(head.ErasedMail).Take(PagesAtOnce).ToImmutableArray();
        return new ErasurePart(head with { ErasedMail = head.ErasedMail + next.Length }) { Keys = next.IsEmpty ? [] : [StateKeys.Turns, StateKeys.Mail, .. next] };
    }

    private static IEnumerable<long> Numbers(long last, int kept)
    {
        for (var n = last; n > Math.Max(0, last - kept); n--)
            yield return n;
    }

    private static IEnumerable<string> Pages(string session, int first, int last) =>
        Enumerable.Range(first, Math.Max(0, last - first + 1)).Select(n => StateKeys.Page(session, n));
}

/// <summary>A part of an erasure, to be stored in one transaction.</summary>
/// <param name="Head">The head after it; null: the last part, nothing is left.</param>
public sealed record ErasurePart(AgentHead? Head)
{
    /// <summary>Keys to remove. Some may not be there.</summary>
    public ImmutableArray<string> Keys { get; init; } = [];

    /// <summary>The sessions after it; null when they stay.</summary>
    public SessionIndex? Index { get; init; }

    /// <summary>The ledger after it; null when it stays or goes.</summary>
    public Ledger? Ledger { get; init; }

    /// <summary>The purchases after it; null when they stay.</summary>
    public PurchaseBook? Purchases { get; init; }

    /// <summary>The session that is not all gone; null when there is none.</summary>
    public (string Id, SessionRecord Record)? Session { get; init; }
}
