using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Tests.Budgets;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Mail;

/// <summary>What an owner does with single messages, and which lines are run again.</summary>
public sealed class MailOwnerTests
{
    private const string Bob = "default:bob";
    private const string Carol = "default:carol";

    private readonly FakeAgent _agent = new() { Budget = new BudgetRules([FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 100)]) };

    [Theory]
    [InlineData(1, true, InMailState.Stored, true, null)]
    [InlineData(1, false, InMailState.Stored, false, "mail_not_found")]
    [InlineData(2, true, InMailState.Stored, false, "mail_not_found")]
    [InlineData(1, true, InMailState.Waiting, false, "mail_is_answered")]
    [InlineData(1, true, InMailState.Answering, false, "mail_is_answered")]
    [InlineData(1, true, InMailState.Answered, false, null)]
    [InlineData(1, true, InMailState.Failed, false, null)]
    [InlineData(1, true, InMailState.Read, false, null)]
    public void Read_WhatIsStored_AndNothingBeyondTheHead(long n, bool isThere, InMailState state, bool isChanged, string? code)
    {
        _agent.Deliver(MailTests.Incoming(Bob, 1));
        var read = MailOwner.Read(_agent.MailInputs, n, isThere ? _agent.ReceivedMail[1] with { State = state } : null, FakeAgent.Epoch, _agent.Now);
        Assert.Equal((code, isChanged), (read.Refusal?.Code, read.Value?.Change is not null));
        if (isChanged)
            Assert.Equal((1L, InMailState.Read), read.Value!.Change!.Mail!.Received.Select(received => (received.N, received.Mail.State)).Single());
    }

    /// <summary>It was dead, and its money free again: that is set aside once more, for the message that takes its place.</summary>
    [Fact]
    public void Replay_SendsItAgain_WithItsMoney_Once()
    {
        _agent.Send("r1", MailTests.Draft("do it", Bob) with { Funds = new MailFunds(BudgetAssets.Usd, 60), Topic = "news" }, via: [Carol]);
        _agent.Report(Bob, 1, new Refusal("mail_expired", "Over."), false);
        Assert.Empty(_agent.Ledger.Open);
        var id = Assert.Single(Replay(1).Value!.Ids);
        Assert.Equal(MailId.Of(2, "replay:" + _agent.SentMail[1].Id, null), id);
        Assert.Equal(2, _agent.SentMail[1].ReplayedAs);
        var (before, after) = (_agent.SentMail[1], _agent.SentMail[2]);
        Assert.Equal((id, before.To, before.Content, before.Funds, before.Topic, OutMailState.Pending), (after.Id, after.To, after.Content, after.Funds, after.Topic, after.State));
        Assert.Equal([Carol, "default:alice"], after.Via);
        Assert.Equal(("mail:" + id, (UInt128)60), _agent.Ledger.Open.Select(hold => (hold.Id, hold.Amount)).Single());

        var again = Replay(1).Value!;
        Assert.Equal((null, id), (again.Step.Change, Assert.Single(again.Ids)));
        // Of a transaction whose head was never stored: nothing has taken its place.
        _agent.SentMail[1] = before with { ReplayedAs = 3, Funds = null };
        Assert.Equal(3, MailId.NumberOf(Assert.Single(Replay(1).Value!.Ids)));
        Assert.Equal(3, _agent.SentMail.Count);
    }

    /// <summary>That there will be no answer is not said twice.</summary>
    [Theory]
    [InlineData(OutMailState.Dead, null, null)]
    [InlineData(OutMailState.Dead, "turn_failed", "mail_not_dead")]
    [InlineData(OutMailState.Delivered, null, "mail_not_dead")]
    [InlineData(OutMailState.Discarded, null, "mail_not_dead")]
    [InlineData(OutMailState.Pending, null, "mail_not_dead")]
    public void Replay_OfADeadMessage_AndNoOther(OutMailState state, string? failure, string? code)
    {
        _agent.Send("r1", MailTests.Draft("hi", Bob));
        _agent.SentMail[1] = _agent.SentMail[1] with { State = state, Failure = failure };
        Assert.Equal(code, Replay(1).Refusal?.Code);
        Assert.Equal(code is null ? 2 : 1, _agent.SentMail.Count);
    }

    /// <summary>It is there already, however much it takes as JSON: the bound is for one text to many.</summary>
    [Fact]
    public void Replay_OfALongAnswer_IsSentAsItIs()
    {
        _agent.Send("r1", MailTests.Draft("hi", Bob));
        _agent.SentMail[1] = _agent.SentMail[1] with { State = OutMailState.Dead, Content = new string('<', 400_000) };
        Assert.Null(Replay(1).Refusal);
        Assert.Equal(400_000, _agent.SentMail[2].Content.Length);
    }

    [Theory]
    [InlineData(OutMailState.Pending, "outbox_full")]
    [InlineData(OutMailState.Delivered, null)]
    public void Replay_NeedsRoom(OutMailState oldest, string? code)
    {
        _agent.Send("r1", MailTests.Draft("hi", Bob));
        _agent.Report(Bob, 1, new Refusal("mail_expired", "Over."), false);
        Assert.Equal(code, Replay(1, SampleMail.Sent with { State = oldest, Funds = null }).Refusal?.Code);
    }

    /// <summary>A run works on the first of a line: only when that is discarded another one is due.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 15)]
    public void Discard_HasTheLineRunAgain_WhenItWasItsFirst(long n, int seconds)
    {
        for (var at = 1; at <= 3; at++)
            _agent.Send($"r{at}", MailTests.Draft("hi", Bob));
        _agent.Now += TimeSpan.FromSeconds(5);
        _agent.Store(MailLines.Discard(_agent.MailInputs, n, _agent.SentMail[n], FakeAgent.Epoch, _agent.Now).Value);
        var due = seconds == 0 ? _agent.Now : FakeAgent.Start.AddSeconds(seconds);
        Assert.Equal(new MailLine(Bob, [.. new long[] { 1, 2, 3 }.Where(other => other != n)], 0, due), Assert.Single(_agent.Mail!.Lines));
        Assert.Equal((OutMailState.Discarded, _agent.Now), (_agent.SentMail[n].State, _agent.SentMail[n].SettledAt));
        Assert.Null(MailLines.Discard(_agent.MailInputs, n, _agent.SentMail[n], FakeAgent.Epoch, _agent.Now).Value!.Change);
    }

    /// <summary>The one that has waited longest is first, and each is looked after again when its run should be over.</summary>
    [Fact]
    public void Resume_RunsWhatIsDue_TheFirstFirst()
    {
        _agent.Send("r1", MailTests.Draft("hi", Bob));
        _agent.Send("r2", MailTests.Draft("hi", Carol));
        _agent.ReportUnreached(Carol, 2);
        _agent.Now += TimeSpan.FromSeconds(15);
        Assert.Equal([Carol, Bob], _agent.ResumeMail().Value!.Due);
        Assert.All(_agent.Mail!.Lines, line => Assert.Equal(_agent.Now.AddSeconds(15), line.TryAt));
        Assert.Equal(_agent.Now.AddSeconds(15), _agent.Head!.NextMail);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    public void Resume_RunsSoManyAtOnce(int lines)
    {
        _agent.Send("r1", MailTests.Draft("hi", [.. Enumerable.Range(0, lines).Select(n => $"default:u{n}")]));
        _agent.Now += TimeSpan.FromSeconds(15);
        Assert.Equal(64, _agent.ResumeMail().Value!.Due.Length);
        Assert.Equal(lines - 64, _agent.ResumeMail().Value!.Due.Length);
    }

    /// <summary>Nothing is due, and nothing is stored; unless the head has a time of a transaction that was not stored whole, which would wake the agent for ever.</summary>
    [Theory]
    [InlineData(15, false)]
    [InlineData(3, true)]
    public void Resume_WithNothingDue_StoresTheTimeOnly_WhenThatIsWrong(int known, bool isStored)
    {
        _agent.Send("r1", MailTests.Draft("hi", Bob));
        _agent.Head = _agent.Head! with { NextMail = FakeAgent.Start.AddSeconds(known) };
        _agent.Now += TimeSpan.FromSeconds(4);
        var step = _agent.ResumeMail().Value!;
        Assert.Equal((isStored, FakeAgent.Start.AddSeconds(15)), (step.Change is not null, _agent.Head!.NextMail));
        Assert.Empty(step.Due);
    }

    private Result<SentStep> Replay(long n, OutMail? oldest = null)
    {
        var replayed = MailOwner.Replay(_agent.MailInputs, n, _agent.SentMail[n], _agent.Key, oldest, FakeAgent.Epoch, _agent.Now);
        _agent.Store(replayed.Value?.Step);
        return replayed;
    }
}
