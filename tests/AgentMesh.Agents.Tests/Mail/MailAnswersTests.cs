using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Mail;

/// <summary>How a received message becomes a turn, what is done when it cannot, and what is sent back when that is over.</summary>
public sealed class MailAnswersTests
{
    private const string Alice = "default:alice";

    private static readonly string Session = MailAnswers.SessionOf(Alice);

    private readonly FakeAgent _agent = new() { Key = MailTests.Key("default:bob"), Rules = new FakeAgent().Rules with { AnswersAtOnce = false } };

    public MailAnswersTests()
    {
        _agent.SetMailPolicy(MailReceipt.Answer);
        _agent.Deliver(MailTests.Incoming(Alice, 1));
    }

    [Fact]
    public void Begin_MakesItATurn_AndLooksAgainWhenThatShouldBeOver()
    {
        _agent.AnswerMail();
        var turn = Assert.Single(_agent.Turns!.Open);
        Assert.Equal(Session, turn.Session);
        Assert.Equal((InMailState.Answering, Session, turn.Turn), (_agent.ReceivedMail[1].State, _agent.ReceivedMail[1].Session, _agent.ReceivedMail[1].Turn));
        Assert.Equal([new MailTurn(1, turn.Turn, null)], _agent.Mail!.Answering);
        Assert.Empty(_agent.Mail.ToAnswer);
        Assert.Equal((_agent.Now.AddSeconds(15), _agent.Now.AddSeconds(15)), (_agent.Mail.LookAt, _agent.Head!.NextMail));
        Assert.Equal([new TurnRun(turn.Turn, 1)], _agent.Runs);
    }

    /// <summary>As many turns as there may be is no reason to say no: it waits until one is over.</summary>
    [Fact]
    public void Begin_WaitsForRoomAmongTheTurns()
    {
        for (var n = 0; n < TurnLimits.Open; n++)
            _agent.Post($"m{n}");
        _agent.AnswerMail();
        Assert.Equal(InMailState.Waiting, _agent.ReceivedMail[1].State);
        Assert.Null(_agent.BeginMail(1).Value!.Step.Change);
        Assert.Empty(_agent.SentMail);
        _agent.Cancel(_agent.Turns!.Open[^1].Turn);
        _agent.AnswerMail();
        Assert.Equal(InMailState.Answering, _agent.ReceivedMail[1].State);
    }

    /// <summary>Its session is gone, or cannot be made: whoever asked is told which, and nothing of the money is spent.</summary>
    [Theory]
    [InlineData(null, "session_not_found")]
    [InlineData("too_many_sessions", "too_many_sessions")]
    public void Begin_ThatCannotBe_IsSaidToWhoAsked(string? failure, string code)
    {
        _agent.ReceivedMail[1] = _agent.ReceivedMail[1] with { Funds = new MailFunds(BudgetAssets.Usd, 40) };
        if (failure is not null)
            _agent.CreateSession("mail-from:" + Alice);
        Assert.False(_agent.BeginMail(1, failure is null ? null : new Refusal(failure, "Not one more.")).IsRefused);
        var (question, answer) = (_agent.ReceivedMail[1], _agent.SentMail[1]);
        Assert.Equal((InMailState.Failed, 1L, code), (question.State, question.Reply, question.Reason!.Code));
        Assert.Equal((Alice, question.Reason.Detail, code), (answer.To, answer.Content, answer.Failure));
        Assert.Equal((new MailReference(question.Id, 1), new MailFunds(BudgetAssets.Usd, 0)), (answer.InReplyTo, answer.Funds));
        Assert.Equal([Alice, "default:bob"], answer.Via);
        Assert.Equal(_agent.Now + MailLimits.Lifetime, answer.Deadline);
        Assert.Equal(0, _agent.OpenMail.Unanswered);
        Assert.Equal([1L], _agent.OpenMail.Answers);
        Assert.Null(_agent.Turns);
    }

    [Theory]
    [InlineData(OutMailState.Pending, InMailState.Waiting, 0)]
    [InlineData(OutMailState.Delivered, InMailState.Failed, 1)]
    public void Begin_ThatCannotBe_WaitsForRoomToSaySo(OutMailState oldest, InMailState state, int sent)
    {
        Assert.Equal(sent == 0, _agent.BeginMail(1, null, SampleMail.Sent with { State = oldest, Funds = null }).Value!.Step.Change is null);
        Assert.Equal((state, sent), (_agent.ReceivedMail[1].State, _agent.SentMail.Count));
    }

    /// <summary>What is damaged is said to nobody but who mends it.</summary>
    [Theory]
    [InlineData("page", "agent_quarantined")]
    [InlineData("mailbox", "agent_quarantined")]
    [InlineData("head", "agent_erasing")]
    public void Begin_OfAnAgentThatIsDamaged_SendsNothing(string what, string code)
    {
        _agent.Rules = _agent.Rules with { AnswersAtOnce = true };
        _agent.AnswerMail();
        _agent.Deliver(MailTests.Incoming(Alice, 2));
        if (what == "page")
            _agent.SessionPages.Clear();
        else if (what == "mailbox")
            _agent.Mail = null;
        else
            _agent.Head = _agent.Head! with { IsErasing = true };
        Assert.Equal(code, _agent.BeginMail(2).Refusal?.Code);
        Assert.Equal((InMailState.Waiting, 1), (_agent.ReceivedMail[2].State, _agent.SentMail.Count));
    }

    [Fact]
    public void Finish_Repeated_AnswersOnce()
    {
        var turn = Begun();
        _agent.Complete(turn.Turn, 1, "done");
        Assert.NotNull(_agent.FinishMail(turn, _agent.FindEnd(turn.Turn)).Value!.Change);
        Assert.Null(_agent.FinishMail(turn, _agent.FindEnd(turn.Turn)).Value!.Change);
        Assert.Equal((1, "done", null), (_agent.SentMail.Count, _agent.SentMail[1].Content, _agent.SentMail[1].Failure));
        Assert.Equal((InMailState.Answered, 1L, null), (_agent.ReceivedMail[1].State, _agent.ReceivedMail[1].Reply, _agent.ReceivedMail[1].Reason));
    }

    /// <summary>Its number was given out again, to a message of another session or of another text: it begins anew, before those that wait.</summary>
    [Theory]
    [InlineData(true, "hi", false)]
    [InlineData(false, "hi", true)]
    [InlineData(true, "another", true)]
    public void Finish_OfAnothersTurn_BeginsAnew(bool isItsSession, string content, bool isAnew)
    {
        var turn = Begun();
        _agent.Complete(turn.Turn, 1, "done");
        _agent.Deliver(MailTests.Incoming(Alice, 2));
        _agent.Now += TimeSpan.FromSeconds(1);
        var ended = _agent.FindEnd(turn.Turn).Value!;
        var user = ended.User with { Entry = new UserMessageEntry(isItsSession ? Session : SessionNames.Default, 1), Message = ended.User.Message! with { Content = content } };
        _agent.FinishMail(turn, ended with { User = user });
        Assert.Equal(isAnew ? 0 : 1, _agent.SentMail.Count);
        Assert.Equal(isAnew ? [1L, 2L] : [2L], _agent.OpenMail.ToAnswer);
        Assert.Empty(_agent.OpenMail.Answering);
        Assert.Equal(_agent.Now.AddSeconds(15), _agent.Mail!.LookAt);
    }

    /// <summary>There is no answer, and there will be none.</summary>
    [Theory]
    [InlineData("event_gone", "event_gone")]
    [InlineData(null, "turn_not_found")]
    public void Finish_OfATurnThatIsGone_SaysWhy(string? reason, string code)
    {
        var turn = Begun();
        _agent.Complete(turn.Turn, 1, "done");
        var ended = _agent.FindEnd(turn.Turn).Value!;
        _agent.FinishMail(turn, reason is not null ? new Refusal(reason, "Gone.") : ended with { End = ended.End with { Message = null } });
        Assert.Equal((code, InMailState.Failed, code), (_agent.SentMail[1].Failure, _agent.ReceivedMail[1].State, _agent.ReceivedMail[1].Reason!.Code));
    }

    /// <summary>Who works on something is looked at soon; who only waits until there is budget says itself when it goes on.</summary>
    [Theory]
    [InlineData(false, false, 15)]
    [InlineData(true, false, 15)]
    [InlineData(true, true, 300)]
    public void Wait_LooksAgain(bool isBusy, bool isPaused, int seconds)
    {
        if (isBusy)
        {
            var pause = new TurnPause(_agent.Now, "budget_exceeded", "No.", null, null, 0, null, 1, null);
            _agent.Turns = new TurnTable([new OpenTurn(1, SessionNames.Default, 1, 1, _agent.Now, _agent.Now, _agent.Now, null) { Pause = isPaused ? pause : null }]);
            _agent.Head = _agent.Head! with { OpenTurns = 1, PausedTurns = isPaused ? 1 : 0 };
        }

        _agent.Now += TimeSpan.FromSeconds(20);
        _agent.Store(MailAnswers.Wait(_agent.MailInputs, FakeAgent.Epoch, _agent.Now).Value);
        Assert.Equal((_agent.Now.AddSeconds(seconds), _agent.Now.AddSeconds(seconds)), (_agent.Mail!.LookAt, _agent.Head!.NextMail));
    }

    [Fact]
    public void Wait_OfAnAgentThatIsErased_IsRefused()
    {
        _agent.Head = _agent.Head! with { IsErasing = true };
        Assert.Equal("agent_erasing", MailAnswers.Wait(_agent.MailInputs, FakeAgent.Epoch, _agent.Now).Refusal?.Code);
    }

    private MailTurn Begun()
    {
        _agent.AnswerMail();
        return _agent.OpenMail.Answering[0];
    }
}
