using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Erasing;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Purchases;
using AgentMesh.Agents.Sessions;

namespace AgentMesh.Agents.Tests.Erasing;

public sealed class AgentErasureTests
{
    private const long Epoch = 7;

    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Sessions = [.. Enumerable.Range(0, 3).Select(n => SessionId.Of($"request {n}", null))];

    /// <summary>An agent that has something under every key; each test gives it the size that matters.</summary>
    private AgentHead _head = AgentHead.Unborn(Noon) with { MessageCount = 2, LastSeq = 2, Page = new OpenPage(1, 2, 40) };
    private SessionIndex _index = SessionIndex.Empty;
    private PurchaseBook _purchases = PurchaseBook.Empty;
    private readonly Dictionary<string, SessionRecord> _sessions = [];

    [Fact]
    public void EveryKey_IsRemovedOnce_AndTheHeadLast()
    {
        _head = _head with { Page = new OpenPage(300, 1, 20), LastSeq = 20_000, MailOut = 5_000, MailIn = 70 };
        foreach (var (session, pages) in Sessions.Zip([0, 128, 300]))
            Add(session, pages);
        Buy(open: 20, kept: 45);

        var parts = Erase(ledger: null);

        var removed = parts.SelectMany(part => part.Keys).Where(key => key is not (StateKeys.Turns or StateKeys.Mail)).ToList();
        var summaries = Sessions.Select(StateKeys.Summary).Append(StateKeys.Summary(SessionNames.Default));
        string[] expected =
        [
            StateKeys.Schedules, StateKeys.Expiries, StateKeys.Sessions, StateKeys.Profile, StateKeys.Usage, StateKeys.Wallet, StateKeys.Purchases, StateKeys.Approvals,
            StateKeys.Tasks, StateKeys.Topics, StateKeys.Published, StateKeys.Tickets, StateKeys.Ledger, StateKeys.Head, .. summaries,
            .. Sessions.Select(StateKeys.Session),
            .. Numbers(128).Select(n => StateKeys.Page(Sessions[1], n)), .. Numbers(300).Select(n => StateKeys.Page(Sessions[2], n)),
            .. Numbers(300).Select(n => StateKeys.Page(SessionNames.Default, n)),
            .. Numbers(EventLogPage.NumberOf(20_000)).Select(StateKeys.Events),
            .. Numbers(MailLimits.KeptSent).Select(n => StateKeys.SentMail(5_000 - n + 1)), .. Numbers(70).Select(n => StateKeys.ReceivedMail(n)),
            .. Numbers(65).Select(n => $"p{n}").SelectMany(id => (string[])[StateKeys.Purchase(id), StateKeys.PurchaseBody(id), StateKeys.PurchaseAnswer(id)]),
            .. Enumerable.Range(0, ConversationLimits.IdempotencyBuckets).Select(StateKeys.Bucket), .. Enumerable.Range(0, MailLimits.SenderBuckets).Select(StateKeys.MailSenders),
        ];
        // The summary of a session goes with each of its parts: three for the one of 300 pages.
        Assert.Equal(expected.Order(StringComparer.Ordinal), removed.Where((key, at) => removed.IndexOf(key) == at).Order(StringComparer.Ordinal));
        Assert.All(removed.CountBy(key => key).Where(key => key.Value > 1), key => Assert.Equal(new(StateKeys.Summary(Sessions[2]), 3), key));
        Assert.Equal(StateKeys.Head, parts[^1].Keys[^1]);
        Assert.Contains(StateKeys.Mail, parts[^1].Keys);
        Assert.All(parts, part => Assert.Contains(StateKeys.Turns, part.Keys));
        Assert.Null(parts[^1].Head);
    }

    [Fact]
    public void PartsAreBounded()
    {
        _head = _head with { Page = new OpenPage(300, 1, 20), LastSeq = 20_000, MailOut = 5_000, MailIn = 5_000 };
        Add(Sessions[0], 300);
        Buy(open: 0, kept: 65);
        // Purchases have three keys each; beside what is numbered there are the turns, the mail or a session's own.
        Assert.All(Erase(ledger: null), part => Assert.InRange(part.Keys.Length, 1, AgentErasure.PagesAtOnce + 3));
    }

    [Theory]
    // Pages, and the parts of it: 128 are removed at once.
    [InlineData(1, 1)]
    [InlineData(128, 1)]
    [InlineData(129, 2)]
    [InlineData(256, 2)]
    [InlineData(257, 3)]
    public void Pages_GoFromTheLastOneDown_SoThatTheRestIsWhole(int pages, int parts)
    {
        Add(Sessions[0], pages);
        var ofSession = Erase(ledger: null).Where(part => part.Keys.Contains(StateKeys.Summary(Sessions[0]))).ToList();
        Assert.Equal(parts, ofSession.Count);
        for (var n = 0; n < parts; n++)
        {
            var left = Math.Max(0, pages - (n + 1) * AgentErasure.PagesAtOnce);
            var session = ofSession[n].Session;
            Assert.Equal(left == 0, session is null);
            Assert.Equal(left == 0, ofSession[n].Keys.Contains(StateKeys.Session(Sessions[0])));
            Assert.Equal(left == 0, ofSession[n].Index is { Count: 0 });
            if (session is not null)
                Assert.Equal((Sessions[0], true, 0L, new OpenPage(left, 0, 0)), (session.Value.Id, session.Value.Record.IsDeleted, session.Value.Record.MessageCount, session.Value.Record.Page));
        }
    }

    [Fact]
    public void Session_WithoutARecord_LeavesTheList()
    {
        _index = _index.With(Sessions[0]);
        var part = AgentErasure.Next(_head, _index, null, PurchaseBook.Empty, Epoch, null);
        Assert.Equal([StateKeys.Turns, StateKeys.Summary(Sessions[0]), StateKeys.Session(Sessions[0])], part.Keys);
        Assert.Equal(0, part.Index?.Count);
    }

    [Fact]
    public void NextSession_IsTheLastOne()
    {
        Assert.Null(AgentErasure.NextSession(_index));
        Add(Sessions[0], 1);
        Add(Sessions[1], 1);
        Assert.Equal(Sessions[1], AgentErasure.NextSession(_index));
    }

    [Fact]
    public void FromTheFirstPartOn_NothingIsDueAndNothingElseIsDone()
    {
        var due = Noon.AddHours(1);
        _head = _head with
        {
            OpenTurns = 3,
            PausedTurns = 1,
            NextResume = due,
            NextSchedule = due,
            NextExpiry = due,
            NextHold = due,
            NextPurchase = due,
            NextMail = due,
            Wallet = "0x1",
        };
        var parts = Erase(ledger: null);
        Assert.All(parts.SkipLast(1), part =>
        {
            var head = part.Head!;
            Assert.Equal((true, Epoch, 0, 0, null), (head.IsErasing, head.Epoch, head.OpenTurns, head.PausedTurns, head.NextDue));
        });
        Assert.NotEmpty(parts.SkipLast(1));
    }

    [Fact]
    public void Ledger_StaysWhereThereIsOneToStay()
    {
        var kept = Erase(Ledger.Empty)[^1];
        Assert.Same(Ledger.Empty, kept.Ledger);
        Assert.DoesNotContain(StateKeys.Ledger, kept.Keys);
        Assert.DoesNotContain(StateKeys.Policy, kept.Keys);
    }

    [Theory]
    // Events are 64 to a page and 128 pages to a part. An agent that is older than its log begins in the middle of a page.
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 64 * 128, 128, 1)]
    [InlineData(1, 64 * 128 + 1, 129, 2)]
    [InlineData(65, 64 * 129, 128, 1)]
    [InlineData(60, 64 * 128 + 1, 129, 2)]
    [InlineData(11, 10, 0, 0)]
    public void Events_GoFromTheFirstOn(long from, long last, int pages, int parts)
    {
        _head = _head with { Page = default, EventsFrom = from, LastSeq = last };
        var ofEvents = Erase(ledger: null).Where(part => part.Keys.Any(key => key.StartsWith("events:", StringComparison.Ordinal))).ToList();
        Assert.Equal(parts, ofEvents.Count);
        var keys = ofEvents.SelectMany(part => part.Keys).Where(key => key != StateKeys.Turns).ToList();
        Assert.Equal(Enumerable.Range(EventLogPage.NumberOf(from), pages).Select(StateKeys.Events), keys);
        Assert.All(ofEvents, part => Assert.InRange(part.Head!.EventsFrom, from + 1, last + 1));
    }

    [Theory]
    // What is behind the kept ones is gone already.
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(MailLimits.KeptSent, MailLimits.KeptSent)]
    [InlineData(MailLimits.KeptSent + 1, MailLimits.KeptSent)]
    public void Mail_GoesAsFarAsItIsKept(long sent, int places)
    {
        _head = _head with { MailOut = sent };
        var keys = Erase(ledger: null).SelectMany(part => part.Keys).Where(key => key.StartsWith("mail-out:", StringComparison.Ordinal)).ToList();
        Assert.Equal(Enumerable.Range(0, places).Select(n => StateKeys.SentMail(sent - n)), keys);
    }

    [Theory]
    [InlineData(32, 1)]
    [InlineData(33, 2)]
    public void Purchases_GoFirst_32AtOnce(int kept, int parts)
    {
        Buy(open: 0, kept);
        var all = Erase(ledger: null);
        var left = all.Select(part => part.Purchases?.Ids.Length).ToList();
        Assert.Equal(Enumerable.Range(1, parts).Select(n => (int?)Math.Max(0, kept - n * AgentErasure.PurchasesAtOnce)), left.Take(parts));
        Assert.All(left.Skip(parts), number => Assert.Null(number));
    }

    private static IEnumerable<int> Numbers(int count) => Enumerable.Range(1, count);

    /// <summary>All parts, each from what the one before has left.</summary>
    private List<ErasurePart> Erase(Ledger? ledger)
    {
        var parts = new List<ErasurePart>();
        var head = _head;
        while (head is not null)
        {
            var next = AgentErasure.NextSession(_index);
            var part = AgentErasure.Next(head, _index, next is null ? null : _sessions.GetValueOrDefault(next), _purchases, Epoch, ledger);
            parts.Add(part);
            Assert.InRange(parts.Count, 1, 100);
            (head, _index, _purchases) = (part.Head, part.Index ?? _index, part.Purchases ?? _purchases);
            if (part.Session is { } left)
                _sessions[left.Id] = left.Record;
        }

        return parts;
    }

    private void Add(string session, int pages)
    {
        _index = _index.With(session);
        _sessions[session] = new SessionRecord(Noon, Noon, "{}", new OpenPage(pages, 1, 20), pages, 1, false, null);
    }

    private void Buy(int open, int kept) => _purchases = new PurchaseBook(
        [.. Numbers(open).Select(n => new OpenPurchase($"p{n}", Noon))], [.. Numbers(kept).Select(n => new KeptPurchase($"p{open + n}", Noon, 0, null))]);
}
