using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Tests.Budgets;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Mail;

/// <summary>What watchers of two agents are told of their mail: ids and names, never the text.</summary>
public sealed class MailFactsTests
{
    private const string Alice = "default:alice";
    private const string Bob = "default:bob";

    private readonly FakeAgent _alice = new() { Budget = new BudgetRules([FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 100)]) };
    private readonly FakeAgent _bob = new() { Key = MailTests.Key(Bob) };

    [Fact]
    public void Sent_SaysToWhom_OnWhichTopic_AndWithHowMuch()
    {
        _alice.Send("r1", MailTests.Draft("secret", Bob));
        _alice.Send("r2", MailTests.Draft("secret", Bob) with { Topic = "news", Funds = new MailFunds(BudgetAssets.Usd, 40) });
        Assert.Equal(
            [
                $$"""{"mail":"{{_alice.SentMail[1].Id}}","status":"sent","to":"default:bob"}""",
                $$"""{"mail":"{{_alice.SentMail[2].Id}}","status":"sent","to":"default:bob","topic":"news","asset":"USD","amount":"40"}""",
            ],
            FactsOf(_alice));
    }

    [Fact]
    public void Received_SaysFromWhom_OnWhichTopic_AndWithHowMuch()
    {
        _alice.Send("r1", MailTests.Draft("secret", Bob));
        _alice.Send("r2", MailTests.Draft("secret", Bob) with { Topic = "news", Funds = new MailFunds(BudgetAssets.Usd, 40) });
        _bob.Deliver(_alice.ToIncoming(1));
        _bob.Deliver(_alice.ToIncoming(2));
        Assert.Equal(
            [
                $$"""{"mail":"{{_alice.SentMail[1].Id}}","status":"received","from":"default:alice"}""",
                $$"""{"mail":"{{_alice.SentMail[2].Id}}","status":"received","from":"default:alice","topic":"news","asset":"USD","amount":"40"}""",
            ],
            FactsOf(_bob));
    }

    /// <summary>Whoever is refused is not told of: it is at nobody's mailbox.</summary>
    [Fact]
    public void Refused_IsNotReceived()
    {
        _bob.SetMailPolicy(MailReceipt.Store, null, ["alice"]);
        _alice.Send("r1", MailTests.Draft("secret", Bob));
        Assert.NotNull(_bob.Deliver(_alice.ToIncoming(1)).Value!.Refusal);
        Assert.Empty(FactsOf(_bob));
    }

    [Fact]
    public void Answer_SaysWhatItAnswers_AndWhatWasSpent()
    {
        _bob.SetMailPolicy(MailReceipt.Answer);
        _alice.Send("r1", MailTests.Draft("secret", Bob) with { Funds = new MailFunds(BudgetAssets.Usd, 40) });
        var question = _alice.SentMail[1].Id;
        _bob.Deliver(_alice.ToIncoming(1));
        _bob.AnswerMail();
        var answer = _bob.SentMail[1].Id;
        Assert.Equal(
            [
                $$"""{"mail":"{{question}}","status":"received","from":"default:alice","asset":"USD","amount":"40"}""",
                $$"""{"mail":"{{question}}","status":"answering","from":"default:alice","turn":"{{_bob.ReceivedMail[1].Turn}}"}""",
                $$"""{"mail":"{{answer}}","status":"sent","to":"default:alice","inReplyTo":"{{question}}","asset":"USD","amount":"0"}""",
            ],
            FactsOf(_bob));
        _alice.Deliver(_bob.ToIncoming(1));
        Assert.Equal($$"""{"mail":"{{answer}}","status":"received","from":"default:bob","inReplyTo":"{{question}}","asset":"USD","amount":"0"}""", FactsOf(_alice)[^1]);
    }

    /// <summary>That one is answered belongs to the conversation with its sender; the rest to none.</summary>
    [Fact]
    public void Answering_IsOfTheSessionWithTheSender_AndFollowsItsMessage()
    {
        _bob.SetMailPolicy(MailReceipt.Answer);
        _bob.Now += TimeSpan.FromTicks(9);
        _bob.Deliver(MailTests.Incoming(Alice, 1));
        _bob.AnswerMail();
        var facts = _bob.Handed.Where(logged => logged.Entry is FactEntry).ToArray();
        Assert.Equal([SessionNames.Default, MailAnswers.SessionOf(Alice), SessionNames.Default], facts.Select(logged => logged.Entry.Session));
        Assert.Equal(_bob.ReceivedMail[1].Turn + 1, facts[1].Seq);
        Assert.All(facts, logged => Assert.Equal(FakeAgent.Start, ((FactEntry)logged.Entry).At));
    }

    [Fact]
    public void NoAnswer_SaysWhy()
    {
        _bob.SetMailPolicy(MailReceipt.Answer);
        _alice.Send("r1", MailTests.Draft("secret", Bob));
        _bob.Deliver(_alice.ToIncoming(1));
        _bob.BeginMail(1, new Refusal("too_many_sessions", "No."));
        var (question, answer) = (_alice.SentMail[1].Id, _bob.SentMail[1].Id);
        Assert.Equal($$"""{"mail":"{{answer}}","status":"sent","to":"default:alice","inReplyTo":"{{question}}","code":"too_many_sessions"}""", FactsOf(_bob)[^1]);
        _alice.Deliver(_bob.ToIncoming(1));
        Assert.Equal($$"""{"mail":"{{answer}}","status":"received","from":"default:bob","inReplyTo":"{{question}}","code":"too_many_sessions"}""", FactsOf(_alice)[^1]);
    }

    /// <summary>Only what is dead has a reason: why one that is discarded was not reached before is nobody's business any more.</summary>
    [Fact]
    public void Settled_SaysWhatBecameOfIt()
    {
        for (var n = 1; n <= 4; n++)
            _alice.Send($"r{n}", MailTests.Draft("secret", Bob) with { DeadlineSeconds = 60 });
        _alice.Report(Bob, 1, null, false);
        _alice.Report(Bob, 2, new Refusal("mail_expired", "Over."), false);
        _alice.ReportUnreached(Bob, 3);
        _alice.Store(MailLines.Discard(_alice.MailInputs, 3, _alice.SentMail[3], FakeAgent.Epoch, _alice.Now).Value);
        _alice.Now += TimeSpan.FromHours(3);
        _alice.ReportUnreached(Bob, 4);
        Assert.Equal(
            [
                $$"""{"mail":"{{_alice.SentMail[1].Id}}","status":"delivered","to":"default:bob"}""",
                $$"""{"mail":"{{_alice.SentMail[2].Id}}","status":"dead","to":"default:bob","code":"mail_expired"}""",
                $$"""{"mail":"{{_alice.SentMail[3].Id}}","status":"discarded","to":"default:bob"}""",
                $$"""{"mail":"{{_alice.SentMail[4].Id}}","status":"discarded","to":"default:bob"}""",
            ],
            FactsOf(_alice)[4..]);
        Assert.Equal((OutMailState.Dead, new MailReason("mail_expired", "Over."), FakeAgent.Start), (_alice.SentMail[2].State, _alice.SentMail[2].Reason!, _alice.SentMail[2].SettledAt));
    }

    /// <summary>What a message sets aside is told as any hold is.</summary>
    [Theory]
    [InlineData(49, 0)]
    [InlineData(50, 1)]
    public void Funds_ThatReachAThreshold_AreToldOf(int amount, int times)
    {
        _alice.Send("r1", MailTests.Draft("secret", Bob) with { Funds = new MailFunds(BudgetAssets.Usd, (UInt128)amount) });
        Assert.Equal(times, _alice.Handed.Count(logged => logged.Entry is FactEntry { Type: FactTypes.Budget }));
    }

    private static string[] FactsOf(FakeAgent agent) => [.. agent.Handed.Select(logged => logged.Entry).OfType<FactEntry>().Where(fact => fact.Type == FactTypes.Mail).Select(fact => fact.Data)];
}
