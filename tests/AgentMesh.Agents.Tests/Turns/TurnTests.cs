using AgentMesh.Agents.Events;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Turns;
using CsCheck;

namespace AgentMesh.Agents.Tests.Turns;

public sealed class TurnTests
{
    private readonly FakeAgent _agent = new();

    public TurnTests() => _agent.Rules = _agent.Rules with { AnswersAtOnce = false };

    [Fact]
    public void Message_IsStored_AndItsRunIsDue()
    {
        var posted = _agent.Post("question").Value!;
        Assert.Equal((null, 1, 1, "1"), (posted.Response, posted.MessageCount, posted.Seq, posted.TurnId));
        Assert.Equal([new TurnRun(1, 1)], _agent.Runs);
        var open = Assert.Single(_agent.Turns!.Open);
        Assert.Equal(
            (1, FakeAgent.Start + TimeSpan.FromSeconds(15), FakeAgent.Start + TimeSpan.FromSeconds(300)), (open.Attempt, open.LeaseUntil, open.Deadline));
    }

    [Fact]
    public void Answer_IsStoredOnce()
    {
        _agent.Post("question");
        Assert.Null(_agent.Complete(1, 1, "answer", new ModelUsage(10, 2, 30)));
        Assert.Equal("turn_lost", _agent.Complete(1, 1, "answer")!.Code);
        Assert.Equal(["1 user question of 1", "2 assistant answer of 1"], _agent.Log());
        Assert.Equal((2, 0), (_agent.Head!.MessageCount, _agent.Head.OpenTurns));
        Assert.Null(_agent.Turns);
        var end = _agent.FindEnd(1).Value!.End;
        Assert.Equal("answer", end.Message!.Content);
        Assert.Equal(new ModelUsage(10, 2, 30), ((AssistantMessageEntry)end.Entry).Usage);
    }

    [Fact]
    public void TurnsOfASession_RunOneAfterTheOther_AndSessionsSideBySide()
    {
        var other = _agent.CreateSession("r1").Value!.Id;
        _agent.Post("one");
        _agent.Post("two");
        Assert.Empty(_agent.Runs);
        _agent.Post("three", session: other);
        Assert.Equal([new TurnRun(3, 1)], _agent.Runs);
        _agent.Complete(1, 1, "first");
        Assert.Equal([new TurnRun(2, 1)], _agent.Runs);
        _agent.Complete(2, 1, "second");
        _agent.Complete(3, 1, "third");
        Assert.Equal(
            ["1 user one of 1", "2 user two of 2", "3 user three of 3", "4 assistant first of 1", "5 assistant second of 2", "6 assistant third of 3"],
            _agent.Log());
        Assert.Equal(["one", "two", "first", "second"], _agent.History(10).Value!.Messages.Select(message => message.Content));
        Assert.Equal(["three", "third"], _agent.History(10, session: other).Value!.Messages.Select(message => message.Content));
    }

    [Fact]
    public void Context_HasWhatWasSaidBefore_InTheOrderOfTurns()
    {
        _agent.Post("one");
        _agent.Post("two");
        _agent.Post("three");
        Assert.Equal(["one"], _agent.Context(1));
        _agent.Complete(1, 1, "first");
        Assert.Equal(["one", "first", "two"], _agent.Context(2));
        _agent.Cancel(2);
        Assert.Equal(["one", "first", "two", "three"], _agent.Context(3));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(161 * 3, 2)]
    [InlineData(164 * 3, 3)]
    [InlineData(163 * 101, 100)]
    public void Context_IsTheNewestThatTheBudgetAllows_AndAlwaysTheQuestion(int budget, int atMost)
    {
        _agent.Rules = _agent.Rules with { AnswersAtOnce = true };
        for (var n = 0; n < 60; n++)
            _agent.Post("abc");
        _agent.Rules = _agent.Rules with { AnswersAtOnce = false };
        _agent.Post("now");
        var context = _agent.Context(121, budget).ToList();
        Assert.InRange(context.Count, 1, atMost);
        Assert.Equal("now", context[^1]);
    }

    [Theory]
    [InlineData(14_999, false)]
    [InlineData(15_000, true)]
    public void RunThatIsNotHeardOf_IsRunAgain(int ms, bool again)
    {
        _agent.Post("question");
        _agent.Now += TimeSpan.FromMilliseconds(ms);
        Assert.Null(_agent.Advance());
        Assert.Equal(again ? [new TurnRun(1, 2)] : [], _agent.Runs);
        Assert.Equal(again ? "turn_lost" : null, _agent.Complete(1, 1, "late")?.Code);
        if (again)
            Assert.Null(_agent.Complete(1, 2, "answer"));
        Assert.Equal(2, _agent.Read(0).Value!.Events.Length);
    }

    /// <summary>The fence of a call: what one run has begun, no earlier one does after it.</summary>
    [Fact]
    public void CallOfATool_IsInTheLog_UnlessAnotherRunHasTheTurn()
    {
        _agent.Post("question");
        Assert.Null(_agent.Note(1, 1, new ToolNote(1, "get_weather", "started", null)));
        _agent.Now += TimeSpan.FromSeconds(15);
        Assert.Null(_agent.Advance());
        Assert.Equal("turn_lost", _agent.Note(1, 1, new ToolNote(1, "get_weather", "completed", 12))?.Code);
        Assert.Null(_agent.Note(1, 2, new ToolNote(1, "get_weather", "completed", 12)));
        Assert.Null(_agent.Complete(1, 2, "answer"));
        Assert.Equal("turn_lost", _agent.Note(1, 2, new ToolNote(2, "get_weather", "started", null))?.Code);
        Assert.Equal(
            [
                "1 user question of 1",
                """2 tool {"turn":"1","attempt":1,"call":1,"tool":"get_weather","status":"started"}""",
                """3 tool {"turn":"1","attempt":2,"call":1,"tool":"get_weather","status":"completed","durationMs":12}""",
                "4 assistant answer of 1",
            ],
            _agent.Log());
        Assert.Equal("answer", _agent.FindEnd(1).Value!.End.Message!.Content);
    }

    [Fact]
    public void RunThatSaysItLives_KeepsItsTurn()
    {
        _agent.Post("question");
        for (var n = 0; n < 10; n++)
        {
            _agent.Now += TimeSpan.FromSeconds(14);
            Assert.Null(_agent.Renew(1, 1));
            Assert.Null(_agent.Advance());
            Assert.Empty(_agent.Runs);
        }

        Assert.Equal("turn_lost", _agent.Renew(1, 2)!.Code);
        Assert.Equal("turn_lost", _agent.Renew(2, 1)!.Code);
    }

    [Theory]
    [InlineData(299_999, null)]
    [InlineData(300_000, "2 turn_timed_out of 1")]
    public void Turn_EndsAtItsDeadline(int ms, string? end)
    {
        _agent.Post("question");
        for (var passed = 0; passed < ms; passed += 10_000)
        {
            _agent.Now = FakeAgent.Start + TimeSpan.FromMilliseconds(passed);
            _agent.Renew(1, 1);
        }

        _agent.Now = FakeAgent.Start + TimeSpan.FromMilliseconds(ms);
        Assert.Null(_agent.Advance());
        Assert.Equal(end, _agent.Log(1).SingleOrDefault());
        Assert.Equal(end is null ? 1 : 0, _agent.Head!.OpenTurns);
    }

    [Fact]
    public void DeadRuns_AreGivenUpAfterTheirAttempts()
    {
        _agent.Post("question");
        for (var attempt = 2; attempt <= 3; attempt++)
        {
            _agent.Now += TimeSpan.FromSeconds(15);
            _agent.Advance();
            Assert.Equal([new TurnRun(1, attempt)], _agent.Runs);
        }

        _agent.Now += TimeSpan.FromSeconds(15);
        _agent.Advance();
        Assert.Empty(_agent.Runs);
        Assert.Equal(["1 user question of 1", "2 turn_failed of 1"], _agent.Log());
        Assert.Equal("turn_failed", ((ErrorEntry)_agent.FindEnd(1).Value!.End.Entry).Code);
    }

    [Theory]
    [InlineData(false, 1, false)]
    [InlineData(true, 1, true)]
    [InlineData(true, 2, true)]
    [InlineData(true, 3, false)]
    public void FailedRun_IsRunAgain_WhenAnotherMayDoBetter(bool transient, int attempt, bool again)
    {
        _agent.Post("question");
        for (var n = 1; n < attempt; n++)
            _agent.Fail(1, n, isTransient: true);
        Assert.Null(_agent.Fail(1, attempt, transient));
        Assert.Equal(again ? [new TurnRun(1, attempt + 1)] : [], _agent.Runs);
        Assert.Equal(again ? [] : ["2 model_unavailable of 1"], _agent.Log(1));
        Assert.Equal("turn_lost", _agent.Fail(1, attempt, transient)!.Code);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(512 * 1024, true)]
    [InlineData(512 * 1024 + 1, false)]
    public void Answer_HasASize(int length, bool stored)
    {
        _agent.Post("question");
        Assert.Null(_agent.Complete(1, 1, new string('x', length)));
        Assert.Equal(stored ? "assistant" : "turn_failed", _agent.Log(1).Single().Split(' ')[1]);
    }

    [Fact]
    public void Cancel_EndsATurn_AndTheNextStarts()
    {
        _agent.Post("one");
        _agent.Post("two");
        _agent.Post("three");
        Assert.Null(_agent.Cancel(2));
        Assert.Empty(_agent.Runs);
        Assert.Null(_agent.Cancel(1));
        Assert.Equal([new TurnRun(3, 1)], _agent.Runs);
        var stored = _agent.Head;
        Assert.Null(_agent.Cancel(1));
        Assert.Null(_agent.Cancel(99));
        Assert.Equal(stored, _agent.Head);
        Assert.Equal(["4 turn_canceled of 2", "5 turn_canceled of 1"], _agent.Log(3));
        Assert.Equal("turn_lost", _agent.Complete(1, 1, "late")!.Code);
    }

    [Theory]
    [InlineData("enqueue", null)]
    [InlineData(null, null)]
    [InlineData("reject", "turn_running")]
    [InlineData("interrupt", null)]
    [InlineData("wait", "invalid_if_busy")]
    public void MessageDuringATurn_FollowsItsPolicy(string? policy, string? refusal)
    {
        _agent.Post("one");
        _agent.Post("two");
        var posted = _agent.Post("three", ifBusy: policy);
        Assert.Equal(refusal, posted.Refusal?.Code);
        if (policy == "interrupt")
        {
            Assert.Equal(["3 turn_canceled of 1", "4 turn_canceled of 2", "5 user three of 5"], _agent.Log(2));
            Assert.Equal([new TurnRun(5, 1)], _agent.Runs);
        }
        else
        {
            Assert.Equal(refusal is null ? 3 : 2, _agent.Turns!.Open.Length);
        }
    }

    [Fact]
    public void Policy_IsOfTheSession()
    {
        var other = _agent.CreateSession("r1").Value!.Id;
        _agent.Post("one");
        Assert.Null(_agent.Post("two", session: other, ifBusy: "reject").Refusal);
        Assert.Equal("turn_running", _agent.Post("three", session: other, ifBusy: "reject").Refusal!.Code);
        Assert.Null(_agent.Post("four", session: other, ifBusy: "interrupt").Refusal);
        Assert.Equal([1L, 4], _agent.Turns!.Open.Select(turn => turn.Turn));
    }

    [Theory]
    [InlineData(31, null)]
    [InlineData(32, "too_many_turns")]
    public void OpenTurns_AreBounded(int open, string? refusal)
    {
        for (var n = 0; n < open; n++)
            Assert.Null(_agent.Post("message").Refusal);
        Assert.Equal(refusal, _agent.Post("one more").Refusal?.Code);
        Assert.Null(_agent.Post("instead", ifBusy: "interrupt").Refusal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("key")]
    public void Repeat_FindsItsTurn(string? key)
    {
        var posted = _agent.Post("question", "r1", key).Value;
        Assert.Equal(posted, _agent.Post("question", "r1", key).Value);
        Assert.Null(_agent.LastStored);
        _agent.Complete(1, 1, "answer");
        // The shell asks the log for the end of the turn that the user's message names.
        Assert.Equal("1", _agent.Post("question", "r1", key).Value!.TurnId);
        Assert.Null(_agent.LastStored);
        Assert.Equal(2, _agent.Head!.MessageCount);
    }

    [Fact]
    public void ResponderThatAnswersAtOnce_WaitsForATurnThatIsNotOver()
    {
        _agent.Post("for the model");
        _agent.Rules = _agent.Rules with { AnswersAtOnce = true };
        Assert.Null(_agent.Post("for the echo").Value!.Response);
        var other = _agent.CreateSession("r1").Value!.Id;
        Assert.NotNull(_agent.Post("elsewhere", session: other).Value!.Response);
    }

    [Fact]
    public void DeletedSession_EndsItsTurns()
    {
        var other = _agent.CreateSession("r1").Value!.Id;
        _agent.Post("one", session: other);
        _agent.Post("two", session: other);
        _agent.Post("three");
        _agent.DeleteSession(other);
        Assert.Equal([3L], _agent.Turns!.Open.Select(turn => turn.Turn));
        Assert.Equal("turn_lost", _agent.Complete(1, 1, "late")!.Code);
        Assert.Null(_agent.Complete(3, 1, "answer"));
        Assert.Equal(["1 removed", "2 removed", "3 user three of 3", "4 turn_canceled of 1", "5 turn_canceled of 2", "6 assistant answer of 3"], _agent.Log());
        Assert.Equal("turn_not_found", _agent.FindEnd(1).Refusal!.Code);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(99)]
    public void UnknownTurn_IsNotFound(long turn)
    {
        _agent.Post("question");
        _agent.Complete(1, 1, "answer");
        Assert.Equal("turn_not_found", _agent.FindEnd(turn).Refusal!.Code);
    }

    [Fact]
    public void MissingTurns_QuarantineTheAgent()
    {
        _agent.Post("question");
        _agent.Turns = null;
        Assert.Equal("agent_quarantined", _agent.Post("more").Refusal!.Code);
        Assert.Equal("agent_quarantined", _agent.Advance()!.Code);
    }

    [Theory]
    [InlineData("1", 1L)]
    [InlineData("281474976710655", 281474976710655L)]
    [InlineData("0", null)]
    [InlineData("01", null)]
    [InlineData("-1", null)]
    [InlineData("+1", null)]
    [InlineData(" 1", null)]
    [InlineData("1.0", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("", null)]
    public void TurnId_IsADecimalNumber(string text, long? turn) => Assert.Equal(turn, TurnId.Parse(text));

    /// <summary>
    /// Whatever happens in whatever order: every message of a user ends in exactly one answer or one error, numbers have no gaps, turns of a
    /// session end in the order they came, unless one of them was canceled, and never do two run at once.
    /// </summary>
    [Fact]
    public void EveryMessage_EndsOnce_WhateverHappens() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], Gen.Int[0, 20]).Array[0, 60].Sample(steps =>
        {
            var agent = new FakeAgent();
            agent.Rules = agent.Rules with { AnswersAtOnce = false };
            var sessions = new[] { "default", agent.CreateSession("a").Value!.Id, agent.CreateSession("b").Value!.Id };
            var runs = new List<TurnRun>();
            foreach (var (action, which, seconds) in steps)
            {
                agent.Now += TimeSpan.FromSeconds(seconds);
                var run = runs.Count == 0 ? default : runs[which * (runs.Count - 1) / 3];
                switch (action)
                {
                    case <= 3: agent.Post("message", session: sessions[which % 3], ifBusy: action == 3 ? "interrupt" : null); break;
                    case 4: agent.Complete(run.Turn, run.Attempt, "answer"); break;
                    case 5: agent.Fail(run.Turn, run.Attempt, which > 1); break;
                    case 6: agent.Renew(run.Turn, run.Attempt); break;
                    case 7: agent.Cancel(run.Turn); break;
                    default: agent.Advance(); break;
                }

                runs.AddRange(agent.Runs);
                Assert.All(agent.Turns?.Open.Where(turn => turn.Attempt > 0).GroupBy(turn => turn.Session) ?? [], running => Assert.Single(running));
            }

            // The model comes back, and all ends.
            for (var n = 0; agent.Turns is not null; n++)
            {
                Assert.True(n < 1000);
                agent.Now += TimeSpan.FromSeconds(15);
                agent.Advance();
                foreach (var run in agent.Runs)
                    agent.Complete(run.Turn, run.Attempt, "answer");
            }

            if (agent.Head!.LastSeq == 0)
                return;
            var events = agent.Read(0).Value!.Events;
            Assert.Equal(Enumerable.Range(1, events.Length).Select(seq => (long)seq), events.Select(logged => logged.Seq));
            var asked = events.Where(logged => logged.Entry is UserMessageEntry).Select(logged => logged.Seq).ToList();
            var ended = events.Where(logged => logged.Entry is not UserMessageEntry)
                .Select(logged => logged.Entry is ErrorEntry error ? error.Turn : ((AssistantMessageEntry)logged.Entry).Turn);
            Assert.Equal(asked, ended.Order());
            Assert.All(asked, turn => Assert.Null(agent.FindEnd(turn).Refusal));
        });
}
