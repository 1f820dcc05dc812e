using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Tests.Budgets;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Mail;

/// <summary>What a repeat of a request to send is known by, what is said of a message that is invalid, and what sending one stores.</summary>
public sealed class MailSendingTests
{
    private const string Alice = "default:alice";
    private const string Bob = "default:bob";
    private const string Carol = "default:carol";

    private static readonly MailFunds Money = new(BudgetAssets.Usd, 40);

    private readonly FakeAgent _agent = new();

    /// <summary>Hashes of it are stored with callers' keys: another version has to make the same ones. A topic's members may have changed since.</summary>
    [Fact]
    public void Request_IsKnownByAllThatIsSent()
    {
        var draft = MailTests.Draft("hi", Bob, Carol);
        Assert.Equal("mail\0default:bob default:carol\0\0\0\0\0hi", ContentOf(draft));
        Assert.Equal("mail\0default:bob default:carol\0" + "60\0USD 40\0\0" + "3-abc\0hi", ContentOf(draft with { DeadlineSeconds = 60, Funds = Money, InReplyTo = new MailReference("3-abc", 3) }));
        Assert.Equal("mail\0\0\0\0news\0\0hi", ContentOf(draft with { Topic = "news" }));

        static string ContentOf(MailDraft draft) => MailSending.RequestOf(draft, "r1", null).Content;
    }

    [Theory]
    [InlineData(null)]
    [InlineData("k1")]
    public void Send_Repeated_SendsOnce_AndSaysTheSame(string? key)
    {
        _agent.Send("r0", MailTests.Draft("before", Bob), key is null ? null : "k0");
        var first = _agent.Send("r1", MailTests.Draft("hi", Bob, Carol), key).Value!;
        var again = _agent.Send("r1", MailTests.Draft("hi", Bob, Carol), key).Value!;
        Assert.Null(again.Step.Change);
        Assert.Equal(first.Ids, again.Ids);
        Assert.Equal([2L, 3L], first.Ids.Select(MailId.NumberOf));
        Assert.Equal(first.Ids, [_agent.SentMail[2].Id, _agent.SentMail[3].Id]);
        Assert.Equal(3, _agent.SentMail.Count);
    }

    [Fact]
    public void Send_OfAKeyThatWasUsedForAnother_IsRefused()
    {
        _agent.Send("r1", MailTests.Draft("hi", Bob), "k1");
        Assert.Equal("idempotency_key_reused", _agent.Send("r2", MailTests.Draft("bye", Bob), "k1").Refusal!.Code);
        Assert.Single(_agent.SentMail);
    }

    /// <summary>Keys that are counted and are not there are damage: what they were for would be done twice.</summary>
    [Theory]
    [InlineData(false, false, null)]
    [InlineData(true, false, "agent_erasing")]
    [InlineData(false, true, "agent_quarantined")]
    [InlineData(true, true, "agent_erasing")]
    public void Recall_OfAnAgentThatIsDamaged_IsRefused(bool isErasing, bool hasLostKeys, string? code)
    {
        var draft = MailTests.Draft("hi", Bob);
        _agent.Send("r1", draft, "k1");
        var request = MailSending.RequestOf(draft, "r1", "k1");
        var bucket = hasLostKeys ? IdempotencyBucket.Empty : _agent.Buckets[request.Bucket!.Value];
        var recalled = MailSending.Recall(_agent.Head! with { IsErasing = isErasing }, new KeyBuckets(request.Bucket!.Value, bucket, null, null), request, _agent.Now);
        Assert.Equal((code is null ? 1 : 0, code), (recalled.Value, recalled.Refusal?.Code));
    }

    /// <summary>A key that was stored without the head is not known: nothing of its request was done.</summary>
    [Fact]
    public void Recall_OfAKeyBeyondTheHead_FindsNothing()
    {
        var draft = MailTests.Draft("hi", Bob);
        _agent.Send("r0", MailTests.Draft("before", Bob));
        _agent.LosesNextHead = true;
        Assert.Throws<LostHeadException>(() => _agent.Send("r1", draft, "k1"));
        var request = MailSending.RequestOf(draft, "r1", "k1");
        Assert.Equal(1, _agent.Buckets[request.Bucket!.Value].Count);
        Assert.Equal(0, MailSending.Recall(_agent.Head!, new KeyBuckets(request.Bucket.Value, _agent.Buckets[request.Bucket.Value], null, null), request, _agent.Now).Value);
    }

    [Theory]
    [InlineData(0, null, false)]
    [InlineData(1, null, true)]
    [InlineData(2, null, true)]
    [InlineData(3, null, false)]
    [InlineData(2, "r1", true)]
    [InlineData(2, "r2", false)]
    public void WasSent_WhatTheHeadKnows_AndNoOtherHasTheNumberOf(long first, string? request, bool wasSent)
    {
        var origin = new MailOrigin("r1", null, MailSending.RequestOf(MailTests.Draft("hi", Bob), "r1", null), null, []);
        var mail = request is null ? null : SampleMail.Sent with { Id = MailId.Of(first, request, null) };
        Assert.Equal(wasSent, MailSending.WasSent(AgentHead.Unborn(_agent.Now) with { MailOut = 2 }, first, mail, origin));
    }

    /// <summary>Turn 1 runs, turn 2 waits behind it, and there is no third.</summary>
    [Theory]
    [InlineData(1, null)]
    [InlineData(2, "turn_lost")]
    [InlineData(3, "turn_lost")]
    public void Send_OfATurn_NeedsItToRun(long turn, string? code)
    {
        _agent.Rules = _agent.Rules with { AnswersAtOnce = false };
        _agent.Post("one");
        _agent.Post("two");
        Assert.Equal([1L, 2L], _agent.Turns!.Open.Select(open => open.Turn));
        Assert.Equal(code, SendOf(turn)?.Code);
    }

    [Fact]
    public void Send_OfATurn_WhenNoneIsOpen_IsLost() => Assert.Equal("turn_lost", SendOf(1)?.Code);

    [Theory]
    [InlineData("its deadline is 1 to 86400 seconds from now", 0, null, Bob)]
    [InlineData("money goes to one recipient at a time", null, 40, Bob, Carol)]
    [InlineData("its budget is more than nothing", null, 0, Bob)]
    public void Invalid_SaysWhat(string what, int? seconds, int? money, params string[] to)
    {
        var draft = MailTests.Draft("hi", to) with { DeadlineSeconds = seconds, Funds = money is { } amount ? new MailFunds(BudgetAssets.Usd, (UInt128)amount) : null };
        var refusal = Funded(100).Send("r1", draft).Refusal!;
        Assert.Equal(("invalid_mail", $"The message is invalid: {what}."), (refusal.Code, refusal.Detail));
    }

    [Fact]
    public void Invalid_SaysHowMuchItsTextsMayTake() => Assert.Equal(
        "The message is invalid: its text, as JSON and once for each recipient, has more than 2097152 bytes.",
        _agent.Send("r1", MailTests.Draft(new string('x', 65_536), [.. Enumerable.Range(0, 33).Select(n => $"default:u{n}")])).Refusal!.Detail);

    [Theory]
    [InlineData("an answer carries no budget", 40, Alice)]
    [InlineData("an answer goes to whom the message it answers is from", null, Carol)]
    [InlineData("an answer goes to whom the message it answers is from", null, Alice, Carol)]
    public void Invalid_AnAnswer_SaysWhat(string what, int? money, params string[] to)
    {
        var agent = new FakeAgent { Key = MailTests.Key(Bob) };
        agent.Deliver(MailTests.Incoming(Alice, 1));
        var refusal = agent.Send("r1", MailTests.Draft("yes", to) with { Funds = money is { } amount ? new MailFunds(BudgetAssets.Usd, (UInt128)amount) : null }, answers: 1).Refusal!;
        Assert.Equal(("invalid_mail", $"The message is invalid: {what}.", InMailState.Stored), (refusal.Code, refusal.Detail, agent.ReceivedMail[1].State));
    }

    /// <summary>Who sends too much is told what is left, and when there is more.</summary>
    [Fact]
    public void RateLimited_SaysWhatIsLeft_AndWhenThereIsMore()
    {
        _agent.MailRules = new MailRules(new RateRule(3, TimeSpan.FromSeconds(60)), 8, []);
        _agent.Send("r1", MailTests.Draft("hi", Bob, Carol));
        _agent.Now += TimeSpan.FromSeconds(20);
        var refusal = Assert.IsType<MailRateRefusal>(_agent.Send("r2", MailTests.Draft("hi", Bob, Carol)).Refusal);
        Assert.Equal((1, 40), (refusal.Rate.Remaining, refusal.Rate.ResetSeconds));
        Assert.Equal("The agent sends 3 messages in 60 s (AgentMesh__Mail__RatePermits, AgentMesh__Mail__RateWindowSeconds); the next in 40 s.", refusal.Detail);
    }

    [Fact]
    public void Send_ToSeveral_OneOfWhomIsOfAClosedTenant_SendsToNone()
    {
        Assert.Equal("mail_not_allowed", _agent.Send("r1", MailTests.Draft("hi", Bob, "acme:bob")).Refusal!.Code);
        Assert.Empty(_agent.SentMail);
    }

    /// <summary>A run is due for a line that begins, and for no other: one works on that.</summary>
    [Fact]
    public void Send_StartsALine_OrWaitsInIt()
    {
        Assert.Equal([Bob], _agent.Send("r1", MailTests.Draft("hi", Bob)).Value!.Step.Due);
        _agent.Now += TimeSpan.FromSeconds(5);
        Assert.Equal([Carol], _agent.Send("r2", MailTests.Draft("hi", Bob, Carol)).Value!.Step.Due);
        Assert.Equal(
            [new MailLine(Bob, [1, 2], 0, FakeAgent.Start.AddSeconds(15)), new MailLine(Carol, [3], 0, FakeAgent.Start.AddSeconds(20))],
            _agent.Mail!.Lines);
        Assert.Equal(FakeAgent.Start.AddSeconds(15), _agent.Head!.NextMail);
    }

    /// <summary>Where there is no limit, nothing is remembered for it; where no money goes, the ledger is not stored.</summary>
    [Fact]
    public void Send_StoresNothingThatIsNotNeeded()
    {
        var sent = _agent.Send("r1", MailTests.Draft("hi", Bob)).Value!.Step.Change!;
        Assert.Equal((PackedEntries.Empty, null), (sent.Mail!.Book.Sent, sent.Ledger));
        Assert.Empty(sent.Buckets);
    }

    [Fact]
    public void Send_WithMoney_HoldsItByTheMessagesName()
    {
        var agent = Funded(100);
        var id = agent.Send("r1", MailTests.Draft("hi", Bob) with { Funds = Money }).Value!.Ids[0];
        var hold = Assert.Single(agent.Ledger.Open);
        Assert.Equal(("mail:" + id, HoldKind.Delegation, (UInt128)40, agent.Now + MailLimits.Lifetime + MailLimits.FundsKept), (hold.Id, hold.Kind, hold.Amount, hold.ExpiresAt));
    }

    /// <summary>The 1,025th takes the place of the first; before it none goes.</summary>
    [Theory]
    [InlineData(1023, null)]
    [InlineData(1024, "1")]
    public void Kept_AreSoMany(int before, string? removed)
    {
        var head = AgentHead.Unborn(_agent.Now) with { MailOut = before, MailIn = before };
        _agent.Head = head;
        Assert.Equal(removed is null ? [] : [$"mail-out:{removed}"], _agent.Send("r1", MailTests.Draft("hi", Bob)).Value!.Step.Change!.Mail!.Removed);
        (_agent.Head, _agent.Mail) = (head, null);
        Assert.Equal(removed is null ? [] : [$"mail-in:{removed}"], _agent.Deliver(MailTests.Incoming(Bob, 1)).Value!.Step.Change!.Mail!.Removed);
    }

    [Fact]
    public void Send_OfAnAgentWhoseMailboxIsMissing_IsRefused()
    {
        _agent.Send("r1", MailTests.Draft("hi", Bob));
        _agent.Mail = null;
        Assert.Equal("agent_quarantined", _agent.Send("r2", MailTests.Draft("hi", Bob)).Refusal!.Code);
    }

    private Refusal? SendOf(long turn)
    {
        var draft = MailTests.Draft("hi", Bob);
        var origin = new MailOrigin("r1", null, MailSending.RequestOf(draft, "r1", null), null, []) { Turn = turn };
        var sent = MailSending.Send(_agent.MailInputs, _agent.Key, draft, origin, [], FakeAgent.Epoch, _agent.Now);
        _agent.Store(sent.Value?.Step);
        return sent.Refusal;
    }

    private static FakeAgent Funded(UInt128 amount) => new() { Budget = new BudgetRules([FakeLedger.Limit("agent", BudgetAssets.Usd, "once", amount)]) };
}
