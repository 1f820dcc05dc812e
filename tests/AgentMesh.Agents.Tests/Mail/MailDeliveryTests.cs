using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Tests.Budgets;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Mail;

/// <summary>What is taken, what counts as the answer to a question, and what becomes of the money that went with it.</summary>
public sealed class MailDeliveryTests
{
    private const string Alice = "default:alice";
    private const string Bob = "default:bob";

    private readonly FakeAgent _agent = new();

    [Theory]
    [InlineData(InMailState.Stored, "mailbox_full")]
    [InlineData(InMailState.Waiting, "mailbox_full")]
    [InlineData(InMailState.Answering, "mailbox_full")]
    [InlineData(InMailState.Answered, null)]
    [InlineData(InMailState.Failed, null)]
    [InlineData(InMailState.Read, null)]
    public void Oldest_MakesRoom_WhenItIsDone(InMailState state, string? code) =>
        Assert.Equal(code, Take(MailTests.Incoming(Bob, 1), oldest: SampleMail.Received with { State = state }).Refusal?.Code);

    /// <summary>What is refused is answered by nobody, takes no number and is not kept.</summary>
    [Fact]
    public void Refused_IsNotAnswered()
    {
        _agent.SetMailPolicy(MailReceipt.Answer, null, ["mallory"]);
        var taken = _agent.Deliver(MailTests.Incoming("default:mallory", 1)).Value!;
        Assert.Equal(("mail_not_allowed", false), (taken.Refusal!.Code, taken.IsToAnswer));
        Assert.Empty(_agent.Mail!.ToAnswer);
        Assert.Empty(_agent.ReceivedMail);
        Assert.Equal((0L, null), (_agent.Head!.MailIn, _agent.Head.NextMail));
    }

    /// <summary>What is ignored has a number, so that it is known when it comes again, and is not kept. What was asked for is.</summary>
    [Fact]
    public void Ignored_IsTaken_AndOnlyAnswersAreKept()
    {
        _agent.SetMailPolicy(MailReceipt.Ignore);
        _agent.Send("r1", MailTests.Draft("well?", Bob));
        Assert.Null(_agent.Deliver(MailTests.Incoming(Bob, 1)).Value!.Refusal);
        Assert.Empty(_agent.ReceivedMail);
        Assert.Equal(1, _agent.Head!.MailIn);
        Assert.Null(_agent.Deliver(MailTests.Incoming(Bob, 1)).Value!.Step.Change);
        Assert.Null(_agent.Deliver(AnswerTo(_agent.SentMail[1], 2)).Value!.Refusal);
        Assert.Equal((2L, InMailState.Stored), (_agent.SentMail[1].Reply, _agent.ReceivedMail[2].State));
    }

    /// <summary>Whoever brings it again is told again whether its money is still spent.</summary>
    [Theory]
    [InlineData(MailReceipt.Answer, true)]
    [InlineData(MailReceipt.Store, false)]
    public void Repeat_IsToldWhetherItIsAnswered(MailReceipt receive, bool isToAnswer)
    {
        _agent.SetMailPolicy(receive);
        Assert.Equal(isToAnswer, _agent.Deliver(MailTests.Incoming(Bob, 1)).Value!.IsToAnswer);
        var again = _agent.Deliver(MailTests.Incoming(Bob, 1)).Value!;
        Assert.Equal((null, null, isToAnswer), (again.Step.Change, again.Refusal, again.IsToAnswer));
    }

    /// <summary>It is looked at after the time that a run has, like all that waits to be answered.</summary>
    [Fact]
    public void ToAnswer_IsLookedAtSoon()
    {
        _agent.SetMailPolicy(MailReceipt.Answer);
        _agent.Deliver(MailTests.Incoming(Bob, 1));
        Assert.Equal([1L], _agent.Mail!.ToAnswer);
        Assert.Equal((InMailState.Waiting, _agent.Now.AddSeconds(15)), (_agent.ReceivedMail[1].State, _agent.Head!.NextMail));
    }

    /// <summary>Where there is no room to remember a refusal, it is not given: the sender comes again.</summary>
    [Theory]
    [InlineData(255, null, "mail_not_allowed")]
    [InlineData(256, "mailbox_full", null)]
    public void Refusal_ThatCannotBeRemembered_IsForNow(int senders, string? forNow, string? forGood)
    {
        var bucket = MailSenders.BucketOf("default:mallory");
        var known = MailSenders.Empty;
        foreach (var name in Enumerable.Range(0, 100_000).Select(n => $"default:u{n}").Where(name => MailSenders.BucketOf(name) == bucket).Take(senders))
            known = known.With(name, 1, 1, 1, MailOutcome.Stored, _agent.Now);
        _agent.SetMailPolicy(MailReceipt.Store, null, ["mallory"]);
        var taken = Take(MailTests.Incoming("default:mallory", 1), senders: known);
        Assert.Equal((forNow, forGood), (taken.Refusal?.Code, taken.Value?.Refusal?.Code));
    }

    /// <summary>
    /// The first answer of whom was asked is wanted, whatever the policy says; another one is a message as any. An answer whose number the head does not
    /// know has never come.
    /// </summary>
    [Theory]
    [InlineData(null, true, true, null)]
    [InlineData(4L, true, true, "mail_not_allowed")]
    [InlineData(5L, true, true, "mail_not_allowed")]
    [InlineData(6L, true, true, null)]
    [InlineData(null, false, true, "mail_not_allowed")]
    [InlineData(null, true, false, "mail_not_allowed")]
    public void Answer_IsWanted_Once_OfWhomWasAsked(long? reply, bool isOfBob, bool isOfTheQuestion, string? code)
    {
        _agent.SetMailPolicy(MailReceipt.Store, null, ["bob"]);
        _agent.Send("r1", MailTests.Draft("well?", Bob));
        _agent.Head = _agent.Head! with { MailIn = 5 };
        var question = _agent.SentMail[1] with { Reply = reply, To = isOfBob ? Bob : "default:carol" };
        var answer = AnswerTo(isOfTheQuestion ? question : question with { Id = MailId.Of(1, "another", null) }, 1);
        Assert.Equal(code, Take(answer, question).Value!.Refusal?.Code);
    }

    /// <summary>An answer says what was spent; it is believed as far as it can be, and nothing else is spent.</summary>
    [Theory]
    [InlineData("USD", 40, 40, HoldState.Posted)]
    [InlineData("USD", 100, 100, HoldState.Posted)]
    [InlineData("USD", 150, 100, HoldState.Posted)]
    [InlineData("USD", 0, 0, HoldState.Voided)]
    [InlineData(FakeLedger.Usdc, 40, 0, HoldState.Voided)]
    [InlineData(null, 0, 0, HoldState.Voided)]
    public void Answer_SettlesWhatItsQuestionCarried(string? asset, int spent, int posted, HoldState state)
    {
        var agent = new FakeAgent { Budget = new BudgetRules([FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 100)]) };
        agent.Send("r1", MailTests.Draft("do it", Bob) with { Funds = new MailFunds(BudgetAssets.Usd, 100) });
        var answer = AnswerTo(agent.SentMail[1], 1) with { Funds = asset is null ? null : new MailFunds(asset, (UInt128)spent) };
        Assert.Null(agent.Deliver(answer).Value!.Refusal);
        var hold = agent.Ledger.Find("mail:" + agent.SentMail[1].Id)!;
        Assert.Equal((state, (UInt128)posted), (hold.State, hold.Posted));
    }

    private static IncomingMail AnswerTo(OutMail question, long n) => MailTests.Incoming(Bob, n) with { InReplyTo = new MailReference(question.Id, 1) };

    private Result<DeliveredStep> Take(IncomingMail mail, OutMail? answered = null, InMail? oldest = null, MailSenders? senders = null) =>
        MailDelivery.Take(_agent.MailInputs, _agent.Key, senders ?? MailSenders.Empty, mail, null, answered, oldest, FakeAgent.Epoch, _agent.Now);
}
