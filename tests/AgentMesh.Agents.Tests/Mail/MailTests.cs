using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Tests.Budgets;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Mail;

/// <summary>The rules of the mailbox, each with its bounds.</summary>
public sealed class MailTests
{
    private const string Alice = "default:alice";
    private const string Bob = "default:bob";

    [Theory]
    [InlineData("12-aaaaaaaaaaaaaaaaaaaaaaaaaa", 12L)]
    [InlineData("281474976710655-aaaaaaaaaaaaaaaaaaaaaaaaaa", 281474976710655L)]
    [InlineData("281474976710656-aaaaaaaaaaaaaaaaaaaaaaaaaa", null)]
    [InlineData("0-aaaaaaaaaaaaaaaaaaaaaaaaaa", null)]
    [InlineData("012-aaaaaaaaaaaaaaaaaaaaaaaaaa", null)]
    [InlineData("-1-aaaaaaaaaaaaaaaaaaaaaaaaaa", null)]
    [InlineData("12-aaaaaaaaaaaaaaaaaaaaaaaaa", null)]
    [InlineData("12-aaaaaaaaaaaaaaaaaaaaaaaaa1", null)]
    [InlineData("12", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Id_HasTheSendersNumber(string? id, long? n) => Assert.Equal(n, MailId.NumberOf(id));

    [Theory]
    [InlineData("bob", true)]
    [InlineData("bot-*", true)]
    [InlineData("*", true)]
    [InlineData("acme:bob", true)]
    [InlineData("acme:*", true)]
    [InlineData("acme:bot-*", true)]
    [InlineData("*:bob", false)]
    [InlineData("", false)]
    [InlineData("Bob", false)]
    [InlineData("b*b", false)]
    [InlineData("a:b:c", false)]
    [InlineData(null, false)]
    public void Pattern_IsRead(string? pattern, bool isWellFormed) => Assert.Equal(isWellFormed, MailPattern.IsWellFormed(pattern));

    [Theory]
    [InlineData("default:alice", "", "", true)]
    [InlineData("default:alice", "alice", "", true)]
    [InlineData("default:alice", "al*", "", true)]
    [InlineData("default:alice", "carol", "", false)]
    [InlineData("default:alicia", "alice", "", false)]
    [InlineData("default:alice", "", "alice", false)]
    [InlineData("default:alice", "alice", "al*", false)]
    [InlineData("default:alice", "acme:*", "", false)]
    [InlineData("acme:alice", "", "", false)]
    [InlineData("acme:alice", "*", "", false)]
    [InlineData("acme:alice", "acme:*", "", true)]
    [InlineData("acme:alice", "acme:alice", "acme:alice", false)]
    [InlineData("other:alice", "other:*", "", false)]
    public void Policy_IsOpenWithinTheTenant_AndClosedAcross(string from, string allow, string deny, bool isAllowed)
    {
        var agent = new FakeAgent { Key = Key(Bob), MailRules = new MailRules(null, 8, [(TenantId.Parse("acme"), TenantId.Default)]) };
        agent.SetMailPolicy(MailReceipt.Store, Lists(allow), Lists(deny));
        Assert.Equal(isAllowed ? null : "mail_not_allowed", agent.Deliver(Incoming(from, 1)).Value!.Refusal?.Code);
    }

    [Theory]
    [InlineData("", null, "invalid_recipient")]
    [InlineData("bob", null, "invalid_recipient")]
    [InlineData("default:alice", null, "invalid_recipient")]
    [InlineData("default:bob default:bob", null, "invalid_recipient")]
    [InlineData("acme:bob", null, "mail_not_allowed")]
    [InlineData("default:bob", 0, "invalid_mail")]
    [InlineData("default:bob", 1, null)]
    [InlineData("default:bob", 86_400, null)]
    [InlineData("default:bob", 86_401, "invalid_mail")]
    public void Draft_IsChecked(string to, int? seconds, string? code)
    {
        var agent = new FakeAgent();
        Assert.Equal(code, agent.Send("r1", Draft("hi", to.Split(' ')) with { DeadlineSeconds = seconds }).Refusal?.Code);
        Assert.Equal(code is null ? 1 : 0, agent.SentMail.Count);
    }

    [Theory]
    [InlineData(0, "invalid_content")]
    [InlineData(1, null)]
    [InlineData(65_536, null)]
    [InlineData(65_537, "invalid_content")]
    public void Content_HasABound(int length, string? code) => Assert.Equal(code, new FakeAgent().Send("r1", Draft(new string('x', length), Bob)).Refusal?.Code);

    [Theory]
    [InlineData(200, null)]
    [InlineData(201, "invalid_recipient")]
    public void Receivers_HaveABound(int count, string? code) =>
        Assert.Equal(code, new FakeAgent().Send("r1", Draft("hi", [.. Enumerable.Range(0, count).Select(n => $"default:u{n}")])).Refusal?.Code);

    [Fact]
    public void Outbox_HasSoManyUnderWay()
    {
        var agent = new FakeAgent();
        for (var n = 0; n < MailLimits.Open; n++)
            Assert.Null(agent.Send($"r{n}", Draft("hi", $"default:u{n % 7}")).Refusal);
        Assert.Equal("outbox_full", agent.Send("more", Draft("hi", Bob)).Refusal!.Code);
        agent.Report("default:u0", 1, null, false);
        Assert.Null(agent.Send("more", Draft("hi", Bob)).Refusal);
        Assert.Equal("outbox_full", agent.Send("one too many", Draft("hi", Bob)).Refusal!.Code);
    }

    /// <summary>The 1,025th takes the place of the first, which has to be over.</summary>
    [Fact]
    public void Outbox_KeepsSoMany_AndNoneThatIsOpenGoes()
    {
        var agent = new FakeAgent();
        agent.Send("stuck", Draft("hi", "default:away"));
        for (var n = 2; n <= MailLimits.KeptSent; n++)
        {
            Assert.Null(agent.Send($"r{n}", Draft("hi", Bob)).Refusal);
            agent.Report(Bob, n, null, false);
        }

        Assert.Equal("outbox_full", agent.Send("next", Draft("hi", Bob)).Refusal!.Code);
        agent.Report("default:away", 1, null, false);
        Assert.Null(agent.Send("next", Draft("hi", Bob)).Refusal);
        Assert.Equal(MailLimits.KeptSent, agent.SentMail.Count);
        Assert.DoesNotContain(1L, agent.SentMail.Keys);
    }

    /// <summary>What nobody has dealt with makes no room, and the sender comes again.</summary>
    [Fact]
    public void Inbox_KeepsSoMany_AndNoneThatIsUnreadGoes()
    {
        var agent = new FakeAgent { Key = Key(Bob) };
        for (var n = 1; n <= MailLimits.KeptReceived; n++)
            Assert.Null(agent.Deliver(Incoming(Alice, n)).Refusal);
        var next = Incoming(Alice, MailLimits.KeptReceived + 1);
        Assert.Equal("mailbox_full", agent.Deliver(next).Refusal!.Code);
        agent.Store(MailOwner.Read(agent.MailInputs, 1, agent.ReceivedMail[1], FakeAgent.Epoch, agent.Now).Value);
        Assert.Null(agent.Deliver(next).Value!.Refusal);
        Assert.Equal(MailLimits.KeptReceived, agent.ReceivedMail.Count);
        Assert.Equal("mailbox_full", agent.Deliver(next with { N = next.N + 1 }).Refusal!.Code);
    }

    /// <summary>Whoever is refused takes no room, however often it comes, and is told the same when it comes again.</summary>
    [Fact]
    public void Refused_PushesNothingOut()
    {
        var agent = new FakeAgent { Key = Key(Bob) };
        agent.SetMailPolicy(MailReceipt.Store, null, ["mallory"]);
        agent.Deliver(Incoming(Alice, 1));
        for (var n = 1; n <= MailLimits.KeptReceived + 1; n++)
            Assert.Equal("mail_not_allowed", agent.Deliver(Incoming("default:mallory", n)).Value!.Refusal?.Code);
        agent.SetMailPolicy(MailReceipt.Store);
        Assert.Equal("mail_not_allowed", agent.Deliver(Incoming("default:mallory", MailLimits.KeptReceived + 1)).Value!.Refusal?.Code);
        Assert.Equal([1L], agent.ReceivedMail.Keys);
        Assert.Null(agent.Deliver(Incoming(Alice, 2)).Value!.Refusal);
        Assert.Equal([1L, 2L], agent.ReceivedMail.Keys);
    }

    /// <summary>An answer waits for its place as any message does.</summary>
    [Fact]
    public void Answer_PushesNothingOut_ThatIsOpen()
    {
        var agent = new FakeAgent { Key = Key(Bob) };
        agent.SetMailPolicy(MailReceipt.Answer);
        agent.Send("stuck", Draft("hi", "default:away"));
        for (var n = 2; n <= MailLimits.KeptSent; n++)
        {
            agent.Send($"r{n}", Draft("hi", "default:carol"));
            agent.Report("default:carol", n, null, false);
        }

        agent.Deliver(Incoming(Alice, 1));
        agent.AnswerMail();
        Assert.Contains(1L, agent.SentMail.Keys);
        Assert.Equal((InMailState.Answering, MailLimits.KeptSent), (agent.ReceivedMail[1].State, (int)agent.Head!.MailOut));
        agent.Report("default:away", 1, null, false);
        agent.AnswerMail();
        Assert.Equal((InMailState.Answered, MailLimits.KeptSent + 1), (agent.ReceivedMail[1].State, (int)agent.Head!.MailOut));
        Assert.DoesNotContain(1L, agent.SentMail.Keys);
    }

    /// <summary>Who takes no answers is asked for none more, and keeps nobody from sending.</summary>
    [Fact]
    public void Answers_UnderWay_AreBounded_AndComeOnTop()
    {
        var agent = new FakeAgent { Key = Key(Bob) };
        agent.SetMailPolicy(MailReceipt.Answer);
        for (var n = 1; n <= MailLimits.AnswersToOne; n++)
        {
            Assert.Null(agent.Deliver(Incoming(Alice, n)).Refusal);
            agent.AnswerMail();
        }

        Assert.Equal("mailbox_full", agent.Deliver(Incoming(Alice, MailLimits.AnswersToOne + 1)).Refusal!.Code);
        Assert.Null(agent.Deliver(Incoming("default:carol", 1)).Refusal);
        for (var n = 1; n <= MailLimits.Open; n++)
            Assert.Null(agent.Send($"r{n}", Draft("hi", $"default:u{n % 7}")).Refusal);
        Assert.Equal("outbox_full", agent.Send("more", Draft("hi", "default:u1")).Refusal!.Code);
        agent.Report(Alice, 1, null, false);
        Assert.Null(agent.Deliver(Incoming(Alice, MailLimits.AnswersToOne + 1)).Refusal);
    }

    [Theory]
    [InlineData('x', 10_485, 200, null)]
    [InlineData('x', 10_486, 200, "invalid_mail")]
    [InlineData('\u00e9', 1747, 200, null)]
    [InlineData('\u00e9', 1748, 200, "invalid_mail")]
    [InlineData('x', 65_536, 32, null)]
    [InlineData('x', 65_536, 33, "invalid_mail")]
    [InlineData('\u00e9', 32_768, 1, null)]
    public void Texts_OfOneRequest_HaveABoundTogether(char letter, int length, int receivers, string? code) =>
        Assert.Equal(code, new FakeAgent().Send("r1", Draft(new string(letter, length), [.. Enumerable.Range(0, receivers).Select(n => $"default:u{n}")])).Refusal?.Code);

    /// <summary>What tells how much of the money was spent is known by the message that carried it.</summary>
    [Fact]
    public void Message_WhoseMoneyIsHeld_MakesNoRoom()
    {
        var alice = new FakeAgent { Budget = new BudgetRules([FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 100)]) };
        var bob = new FakeAgent { Key = Key(Bob) };
        bob.SetMailPolicy(MailReceipt.Answer);
        alice.Send("r1", Draft("do it", Bob) with { Funds = new MailFunds(BudgetAssets.Usd, 100) });
        bob.Deliver(alice.ToIncoming(1));
        alice.Report(Bob, 1, null, true);
        for (var n = 2; n <= MailLimits.KeptSent; n++)
        {
            alice.Send($"r{n}", Draft("hi", "default:carol"));
            alice.Report("default:carol", n, null, false);
        }

        Assert.Equal("outbox_full", alice.Send("next", Draft("hi", "default:carol")).Refusal!.Code);
        bob.AnswerMail();
        Assert.Null(alice.Deliver(bob.ToIncoming(1)).Value!.Refusal);
        Assert.Empty(alice.Ledger.Open);
        Assert.Null(alice.Send("next", Draft("hi", "default:carol")).Refusal);
    }

    /// <summary>What an answer says was spent is no budget of it, and a long answer is sent again as it was.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public void Answer_ThatIsDead_IsSentAgainAsItWas(int spent)
    {
        var alice = new FakeAgent { Budget = new BudgetRules([FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 100)]) };
        var bob = new FakeAgent { Key = Key(Bob), Rules = new FakeAgent().Rules with { AnswersAtOnce = false } };
        bob.SetMailPolicy(MailReceipt.Answer);
        alice.Send("r1", Draft("do it", Bob) with { Funds = new MailFunds(BudgetAssets.Usd, 100) });
        bob.Deliver(alice.ToIncoming(1));
        bob.AnswerMail();
        var turn = Assert.Single(bob.Turns!.Open).Turn;
        bob.HoldCall(turn, 1, 1, 100, 1);
        bob.Complete(turn, 1, new string('x', 70_000), lastMicroUsd: spent);
        bob.AnswerMail();
        bob.Report(Alice, 1, new Refusal("mail_not_allowed", "No."), false);
        var again = MailOwner.Replay(bob.MailInputs, 1, bob.SentMail[1], bob.Key, null, FakeAgent.Epoch, bob.Now);
        bob.Store(again.Value!.Step);
        Assert.Equal((bob.SentMail[1].Content, bob.SentMail[1].Funds, bob.SentMail[1].InReplyTo), (bob.SentMail[2].Content, bob.SentMail[2].Funds, bob.SentMail[2].InReplyTo));
        Assert.Equal((UInt128)spent, bob.SentMail[2].Funds!.Amount);
        Assert.Empty(bob.Ledger.Open);
    }

    [Fact]
    public void Answer_CarriesNoBudget()
    {
        var agent = new FakeAgent { Key = Key(Bob), Budget = new BudgetRules([FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 100)]) };
        agent.Deliver(Incoming(Alice, 1));
        Assert.Equal("invalid_mail", agent.Send("r1", Draft("yes", Alice) with { Funds = new MailFunds(BudgetAssets.Usd, 1) }, answers: 1).Refusal!.Code);
        Assert.Empty(agent.Ledger.Open);
    }

    [Fact]
    public void Answers_WaitForRoom_AndThenTheSenderDoes()
    {
        var agent = new FakeAgent { Key = Key(Bob) };
        agent.SetMailPolicy(MailReceipt.Answer);
        for (var n = 1; n <= MailLimits.ToAnswer; n++)
            Assert.True(agent.Deliver(Incoming(Alice, n)).Value!.IsToAnswer);
        Assert.Equal("mailbox_full", agent.Deliver(Incoming(Alice, 65)).Refusal!.Code);
        agent.AnswerMail();
        agent.Report(Alice, 1, null, false);
        Assert.Null(agent.Deliver(Incoming(Alice, 65)).Refusal);
    }

    /// <summary>A refusal for want of room at the answering agent keeps nothing of the message.</summary>
    [Fact]
    public void Rate_CountsEveryReceiver_AndNotAnswers()
    {
        var agent = new FakeAgent { MailRules = new MailRules(new RateRule(3, TimeSpan.FromSeconds(60)), 8, []) };
        Assert.Null(agent.Send("r1", Draft("hi", Bob, "default:carol")).Refusal);
        Assert.Equal("mail_rate_limited", agent.Send("r2", Draft("hi", Bob, "default:carol")).Refusal!.Code);
        Assert.Null(agent.Send("r3", Draft("hi", Bob)).Refusal);
        Assert.Equal("mail_rate_limited", agent.Send("r4", Draft("hi", Bob)).Refusal!.Code);
        agent.SetMailPolicy(MailReceipt.Answer);
        agent.Deliver(Incoming(Bob, 1));
        agent.AnswerMail();
        Assert.Equal(4, agent.SentMail.Count);
        agent.Now += TimeSpan.FromSeconds(60);
        Assert.Null(agent.Send("r5", Draft("hi", Bob, "default:carol", "default:dave")).Refusal);
    }

    [Theory]
    [InlineData(7, null)]
    [InlineData(8, "mail_too_many_hops")]
    public void Hops_AreCounted_WhereItIsSent(int hops, string? code) =>
        Assert.Equal(code, new FakeAgent().Send("r1", Draft("hi", Bob), via: [.. Enumerable.Range(0, hops).Select(n => $"default:u{n}")]).Refusal?.Code);

    [Theory]
    [InlineData(8, null)]
    [InlineData(9, "mail_too_many_hops")]
    public void Hops_AreCounted_WhereItComes(int hops, string? code)
    {
        var agent = new FakeAgent { Key = Key(Bob) };
        Assert.Equal(code, agent.Deliver(Incoming(Alice, 1) with { Via = [.. Enumerable.Repeat(Alice, hops)] }).Value!.Refusal?.Code);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(0, "mail_expired")]
    [InlineData(-1, "mail_expired")]
    public void Deadline_IsOverAtIt(int ms, string? code)
    {
        var agent = new FakeAgent { Key = Key(Bob) };
        Assert.Equal(code, agent.Deliver(Incoming(Alice, 1) with { Deadline = agent.Now.AddMilliseconds(ms) }).Value!.Refusal?.Code);
    }

    /// <summary>The window of senders: at exactly 48 hours it is forgotten, and by then no message of that time can come any more.</summary>
    [Fact]
    public void Senders_AreRememberedFor48Hours_AndAreSoMany()
    {
        var bucket = MailSenders.Empty;
        var names = Enumerable.Range(0, 100_000).Select(n => $"default:u{n}").Where(name => MailSenders.BucketOf(name) == 3).Take(257).ToArray();
        foreach (var name in names[..256])
            bucket = bucket.With(name, 1, 1, 1, MailOutcome.Stored, FakeAgent.Start);
        Assert.False(bucket.HasRoom(names[256]));
        Assert.True(bucket.HasRoom(names[0]));
        Assert.Same(bucket, bucket.Prune(FakeAgent.Start.AddHours(48).AddMilliseconds(-1)));
        Assert.Equal(0, bucket.Prune(FakeAgent.Start.AddHours(48)).Count);
    }

    [Theory]
    [InlineData(null, false, true)]
    [InlineData(Alice, false, true)]
    [InlineData(Alice, true, false)]
    [InlineData("default:carol", true, true)]
    public void Message_WaitsForThePausedSessionOfItsSender_AndForNoOther(string? busyWith, bool isPaused, bool mayBegin)
    {
        var now = FakeAgent.Start;
        var turn = new OpenTurn(1, MailAnswers.SessionOf(busyWith ?? ""), 1, 1, now, now, now, null)
        {
            Pause = isPaused ? new TurnPause(now, "budget_exceeded", "No.", null, null, 0, null, 1, null) : null,
        };
        Assert.Equal(mayBegin, MailOrder.MayBegin(SampleMail.Received, busyWith is null ? null : new TurnTable([turn])));
    }

    [Theory]
    [InlineData(10, 5, 5, MailOutcome.NotAllowed)]
    [InlineData(10, 4, 5, MailOutcome.Stored)]
    [InlineData(10, 6, 5, null)]
    [InlineData(11, 1, 5, null)]
    [InlineData(9, 6, 5, MailOutcome.Outdated)]
    [InlineData(10, 5, 4, null)]
    [InlineData(10, 4, 4, MailOutcome.Stored)]
    public void Sender_IsKnownByItsLastNumber(long generation, long number, long lastHere, MailOutcome? outcome) =>
        Assert.Equal(outcome, MailSenders.Empty.With(Alice, 10, 5, 5, MailOutcome.NotAllowed, FakeAgent.Start).Look(Alice, generation, number, lastHere));

    [Theory]
    [InlineData(0, 0, 500)]
    [InlineData(0, 1, 1000)]
    [InlineData(3, 1, 8000)]
    [InlineData(8, 1, 256_000)]
    [InlineData(9, 1, 300_000)]
    [InlineData(1000, 0, 150_000)]
    public void Pause_IsDoubled_WithJitter_UpToFiveMinutes(int attempts, double jitter, int ms)
    {
        var line = new MailLine(Bob, [1], attempts, FakeAgent.Start).Pause(jitter, FakeAgent.Start);
        Assert.Equal((attempts + 1, FakeAgent.Start.AddMilliseconds(ms)), (line.Attempts, line.TryAt));
    }

    [Fact]
    public void Line_GoesOnWithTheNext_WhenAllIsKnownOfTheFirst()
    {
        var agent = new FakeAgent();
        for (var n = 1; n <= 3; n++)
            agent.Send($"r{n}", Draft($"m{n}", Bob));
        Assert.Null(agent.Report(Bob, 2, null, false).Value!.Next);
        Assert.Equal(OutMailState.Pending, agent.SentMail[2].State);
        Assert.Equal(2, agent.Report(Bob, 1, null, false).Value!.Next);
        Assert.Null(agent.Report(Bob, 1, null, false).Value!.Next);
        Assert.Equal(3, agent.Report(Bob, 2, new Refusal("mail_expired", "Over."), false).Value!.Next);
        Assert.Equal((OutMailState.Delivered, OutMailState.Dead, OutMailState.Pending), (agent.SentMail[1].State, agent.SentMail[2].State, agent.SentMail[3].State));
        Assert.Null(agent.Report(Bob, 3, null, false).Value!.Next);
        Assert.Null(agent.Head!.NextMail);
    }

    /// <summary>Long after the deadline nobody has said what became of it, and the line goes on.</summary>
    [Theory]
    [InlineData(-1, OutMailState.Pending)]
    [InlineData(0, OutMailState.Discarded)]
    public void Unreached_IsGivenUp_TwoHoursAfterTheDeadline(int ms, OutMailState state)
    {
        var agent = new FakeAgent();
        agent.Send("r1", Draft("m1", Bob) with { DeadlineSeconds = 60 });
        agent.Send("r2", Draft("m2", Bob));
        agent.Now += TimeSpan.FromSeconds(60) + TimeSpan.FromHours(2) + TimeSpan.FromMilliseconds(ms);
        Assert.Equal(state == OutMailState.Pending ? null : 2, agent.ReportUnreached(Bob, 1).Value!.Next);
        Assert.Equal((state, "recipient_unreached"), (agent.SentMail[1].State, agent.SentMail[1].Reason!.Code));
    }

    [Fact]
    public void Discarded_IsBroughtNoMore_AndTheLineGoesOn()
    {
        var agent = new FakeAgent();
        agent.Send("r1", Draft("m1", Bob));
        agent.Send("r2", Draft("m2", Bob));
        agent.ReportUnreached(Bob, 1);
        agent.Store(MailLines.Discard(agent.MailInputs, 1, agent.SentMail[1], FakeAgent.Epoch, agent.Now).Value);
        Assert.Equal(OutMailState.Discarded, agent.SentMail[1].State);
        Assert.Equal([Bob], agent.ResumeMail().Value!.Due);
        Assert.Equal(2, MailBook.Open(agent.Head!, agent.Mail).Value!.Line(Bob)!.Open[0]);
        Assert.Null(agent.Report(Bob, 1, null, false).Value!.Step.Change);
        Assert.Equal("mail_not_open", MailLines.Discard(agent.MailInputs, 3, agent.SentMail[2] with { State = OutMailState.Dead }, FakeAgent.Epoch, agent.Now).Refusal!.Code);
    }

    /// <summary>A budget that goes with a message: held here, spent there, and what was not is free again.</summary>
    [Theory]
    [InlineData(40, 60)]
    [InlineData(0, 100)]
    [InlineData(100, 0)]
    public void Funds_AreHeld_AndWhatIsNotSpentReturns(int spent, int left)
    {
        var alice = new FakeAgent { Budget = new BudgetRules([FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 100)]) };
        var bob = new FakeAgent { Key = Key(Bob), Rules = new FakeAgent().Rules with { AnswersAtOnce = false } };
        bob.SetMailPolicy(MailReceipt.Answer);
        Assert.Null(alice.Send("r1", Draft("do it", Bob) with { Funds = new MailFunds(BudgetAssets.Usd, 100) }).Refusal);
        Assert.Equal("budget_exceeded", alice.Send("r2", Draft("and this", Bob) with { Funds = new MailFunds(BudgetAssets.Usd, 1) }).Refusal!.Code);
        Assert.True(bob.Deliver(alice.ToIncoming(1)).Value!.IsToAnswer);
        alice.Report(Bob, 1, null, true);
        bob.AnswerMail();
        var turn = Assert.Single(bob.Turns!.Open).Turn;
        // Bob has no budget of its own: it is Alice's, and not more of it.
        Assert.Equal(100, bob.HoldCall(turn, 1, 1, 101, 1).Value!.GrantedMicroUsd);
        bob.Complete(turn, 1, "done", lastMicroUsd: spent);
        bob.AnswerMail();
        Assert.Null(alice.Deliver(bob.ToIncoming(1)).Value!.Refusal);
        Assert.Equal(left, (int)(alice.Ledger.Hold(new HoldRequest("p", HoldKind.Model, BudgetAssets.Usd, 1000, 0, null, null, alice.Now), alice.Budget, alice.Now).Value?.Hold.Amount ?? 0));
        Assert.Empty(bob.Ledger.Grants);
    }

    /// <summary>A turn that asks for more than is left of another's money is over: that money does not come back.</summary>
    [Fact]
    public void Funds_ThatAreSpent_EndTheTurn()
    {
        var alice = new FakeAgent { Budget = new BudgetRules([FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 100)]) };
        var bob = new FakeAgent { Key = Key(Bob), Rules = new FakeAgent().Rules with { AnswersAtOnce = false }, Budget = alice.Budget };
        bob.SetMailPolicy(MailReceipt.Answer);
        alice.Send("r1", Draft("do it", Bob) with { Funds = new MailFunds(BudgetAssets.Usd, 50) });
        bob.Deliver(alice.ToIncoming(1));
        bob.AnswerMail();
        var turn = Assert.Single(bob.Turns!.Open).Turn;
        Assert.Equal(30, bob.HoldCall(turn, 1, 1, 30, 30).Value!.GrantedMicroUsd);
        var second = bob.HoldCall(turn, 1, 2, 30, 30, lastMicroUsd: 25).Value!;
        Assert.Equal((null, null), (second.GrantedMicroUsd, second.Pause));
        bob.AnswerMail();
        Assert.Equal(("budget_exceeded", (UInt128)25), (bob.SentMail[1].Failure, bob.SentMail[1].Funds!.Amount));
    }

    [Theory]
    [InlineData(MailReceipt.Store)]
    [InlineData(MailReceipt.Ignore)]
    public void Funds_OfWhatIsNotAnswered_ReturnAtOnce(MailReceipt receive)
    {
        var alice = new FakeAgent { Budget = new BudgetRules([FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 100)]) };
        var bob = new FakeAgent { Key = Key(Bob) };
        bob.SetMailPolicy(receive);
        alice.Send("r1", Draft("do it", Bob) with { Funds = new MailFunds(BudgetAssets.Usd, 100) });
        alice.Report(Bob, 1, null, bob.Deliver(alice.ToIncoming(1)).Value!.IsToAnswer);
        Assert.Empty(alice.Ledger.Open);
        Assert.Null(alice.Send("r2", Draft("again", Bob) with { Funds = new MailFunds(BudgetAssets.Usd, 100) }).Refusal);
    }

    /// <summary>Nobody says what was spent: all of it is.</summary>
    [Fact]
    public void Funds_OfWhomNothingIsHeard_CountAsSpent_TwoHoursAfterTheDeadline()
    {
        var alice = new FakeAgent { Budget = new BudgetRules([FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 100)]) };
        alice.Send("r1", Draft("do it", Bob) with { Funds = new MailFunds(BudgetAssets.Usd, 40), DeadlineSeconds = 60 });
        alice.Report(Bob, 1, null, true);
        Assert.Single(alice.Ledger.Advance(alice.Budget, alice.Now.AddMinutes(121).AddMilliseconds(-1)).Open);
        var after = alice.Ledger.Advance(alice.Budget, alice.Now.AddMinutes(121));
        Assert.Empty(after.Open);
        Assert.Equal((UInt128)40, Assert.Single(after.Meters).Posted);
    }

    /// <summary>An owner answers what was kept, once, and whom it is from.</summary>
    [Fact]
    public void Answer_OfAnOwner_IsKnownByItsQuestion_AndGoesToWhoAsked()
    {
        var alice = new FakeAgent();
        var bob = new FakeAgent { Key = Key(Bob) };
        alice.Send("r1", Draft("well?", Bob));
        bob.Deliver(alice.ToIncoming(1));
        Assert.Equal("invalid_mail", bob.Send("r1", Draft("yes", "default:carol"), answers: 1).Refusal!.Code);
        Assert.Null(bob.Send("r2", Draft("yes", Alice), answers: 1).Refusal);
        Assert.Equal((InMailState.Answered, 1L), (bob.ReceivedMail[1].State, bob.ReceivedMail[1].Reply));
        Assert.Equal("mail_is_answered", bob.Send("r3", Draft("no", Alice), answers: 1).Refusal!.Code);
        alice.Deliver(bob.ToIncoming(1));
        Assert.Equal((1L, "yes"), (alice.SentMail[1].Reply, alice.ReceivedMail[1].Content));
        Assert.Equal([Alice, Bob], alice.ReceivedMail[1].Via);
    }

    internal static MailDraft Draft(string content, params string[] to) => new([.. to.Where(name => name.Length > 0)], content, null, null, null, null);

    internal static AgentKey Key(string name) => AgentKey.TryParse(name, out var key) ? key : throw new ArgumentException(name);

    internal static IncomingMail Incoming(string from, long n) => new(
        $"{n}-aaaaaaaaaaaaaaaaaaaaaaaaaa", from, 1, n, "hi", FakeAgent.Start, FakeAgent.Start.AddHours(1), [from], null, null, null, null);

    private static string[] Lists(string pattern) => pattern.Length == 0 ? [] : [pattern];
}
