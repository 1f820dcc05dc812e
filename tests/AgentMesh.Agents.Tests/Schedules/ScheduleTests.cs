using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Tests.Schedules;

public sealed class ScheduleTests
{
    private static readonly TimingRequest EveryMinute = ScheduleTimingTests.Parse("every=60");

    private readonly FakeAgent _agent = new();

    [Fact]
    public void Create_MakesTheAgent_AndTheHeadKnowsWhenItIsDue()
    {
        var created = _agent.Schedule("r1", EveryMinute).Value!.Schedule;
        Assert.Equal((SessionId.Of("r1", null), "later", 0), (created.Id, created.Content, created.Runs));
        Assert.Equal(FakeAgent.Start.AddSeconds(60), created.NextRun);
        Assert.Equal(created.NextRun, _agent.Head!.NextSchedule);
        Assert.Equal(0, _agent.Head!.MessageCount);
        _agent.Schedule("r2", ScheduleTimingTests.Parse("every=30"));
        Assert.Equal(FakeAgent.Start.AddSeconds(30), _agent.Head.NextSchedule);
    }

    [Fact]
    public void Create_Repeated_FindsTheFirst_AndAnotherBodyIsRefused()
    {
        var first = _agent.Schedule("r1", EveryMinute).Value!.Schedule;
        _agent.Now += TimeSpan.FromSeconds(90);
        Assert.Equal(1, _agent.RunSchedules());
        var again = _agent.Schedule("r1", EveryMinute).Value!;
        Assert.Null(again.Change);
        Assert.Equal((first.Id, 1), (again.Schedule.Id, again.Schedule.Runs));
        Assert.Equal("idempotency_key_reused", _agent.Schedule("r1", EveryMinute, "other").Refusal!.Code);
        Assert.Equal("idempotency_key_reused", _agent.Schedule("r1", ScheduleTimingTests.Parse("every=61")).Refusal!.Code);
    }

    [Fact]
    public void CreateForATimeThatIsOverByNow_Repeated_FindsTheFirst()
    {
        var once = ScheduleTimingTests.Parse("at=2026-01-02T03:04:06Z");
        _agent.Schedule("r1", once);
        _agent.Now += TimeSpan.FromSeconds(10);
        _agent.RunSchedules();
        Assert.True(_agent.Schedule("r1", once).Value!.Schedule.IsOver);
        Assert.Equal("invalid_schedule", _agent.Schedule("r2", once).Refusal!.Code);
        Assert.Equal(2, _agent.Head!.MessageCount);
    }

    [Theory]
    [InlineData(0, "invalid_content")]
    [InlineData(1, null)]
    [InlineData(65_536, null)]
    [InlineData(65_537, "invalid_content")]
    public void Content_IsAMessage(int bytes, string? refusal) =>
        Assert.Equal(refusal, _agent.Schedule("r1", EveryMinute, new string('x', bytes)).Refusal?.Code);

    [Fact]
    public void Session_HasToBeThere()
    {
        Assert.Equal("session_not_found", _agent.Schedule("r1", EveryMinute, session: SessionId.Of("s", null)).Refusal!.Code);
        Assert.Null(_agent.Schedule("r1", EveryMinute, session: _agent.CreateSession("s").Value!.Id).Refusal);
    }

    [Theory]
    [InlineData(99, null)]
    [InlineData(100, "too_many_schedules")]
    public void Schedules_AreBounded(int schedules, string? refusal)
    {
        for (var n = 0; n < schedules; n++)
            Assert.Null(_agent.Schedule($"r{n}", EveryMinute).Refusal);
        Assert.Equal(refusal, _agent.Schedule("one more", EveryMinute).Refusal?.Code);
        Assert.Null(_agent.Schedule("r7", EveryMinute).Refusal);
        Assert.Null(_agent.Unschedule(SessionId.Of("r7", null)));
        Assert.Null(_agent.Schedule("in its place", EveryMinute).Refusal);
    }

    [Theory]
    [InlineData(65_536, null)]
    [InlineData(65_535, null)]
    [InlineData(1, "too_many_schedules")]
    public void Contents_AreBoundedTogether(int left, string? refusal)
    {
        for (var n = 0; n < 3; n++)
            _agent.Schedule($"r{n}", EveryMinute, new string('x', 65_536));
        Assert.Null(_agent.Schedule("r3", EveryMinute, new string('x', left == 1 ? 65_536 : 1)).Refusal);
        Assert.Equal(refusal, _agent.Schedule("r4", EveryMinute, new string('x', left == 65_536 ? 65_535 : 1)).Refusal?.Code);
    }

    [Fact]
    public void ThoseThatAreOver_MakeRoom_TheOldestFirst()
    {
        _agent.Schedule("over 1", ScheduleTimingTests.Parse("at=2026-01-02T03:04:06Z"));
        _agent.Schedule("over 2", ScheduleTimingTests.Parse("at=2026-01-02T03:04:07Z"));
        for (var n = 0; n < 98; n++)
            _agent.Schedule($"r{n}", EveryMinute);
        _agent.Now += TimeSpan.FromSeconds(10);
        Assert.Equal(2, _agent.RunSchedules());
        Assert.Null(_agent.Schedule("new", EveryMinute).Refusal);
        Assert.Null(_agent.Schedules!.Find(SessionId.Of("over 1", null)));
        Assert.NotNull(_agent.Schedules.Find(SessionId.Of("over 2", null)));
    }

    [Fact]
    public void Delete_IsOfWhatIsThere()
    {
        Assert.Equal("schedule_not_found", Unborn().Unschedule("x")!.Code);
        var id = _agent.Schedule("r1", EveryMinute).Value!.Schedule.Id;
        Assert.Null(_agent.Unschedule(id));
        Assert.Equal("schedule_not_found", _agent.Unschedule(id)!.Code);
        Assert.Null(_agent.Schedules);
        Assert.Null(_agent.Head!.NextSchedule);

        static FakeAgent Unborn() => new() { Head = AgentHead.Unborn(FakeAgent.Start) };
    }

    /// <summary>Ticks come early, late, twice and in floods; the messages are one for each minute, and none is late by the ticks before it.</summary>
    [Theory]
    [InlineData(59_999, 0)]
    [InlineData(60_000, 1)]
    [InlineData(60_001, 1)]
    [InlineData(119_999, 1)]
    [InlineData(120_000, 1)]
    public void Occurrence_RunsOnceItIsDue(int milliseconds, int runs)
    {
        var id = _agent.Schedule("r1", EveryMinute).Value!.Schedule.Id;
        _agent.Now += TimeSpan.FromMilliseconds(milliseconds);
        Assert.Equal(runs, _agent.RunSchedules());
        for (var tick = 0; tick < 100; tick++)
            Assert.Equal(0, _agent.RunSchedules());
        var schedule = _agent.Schedules!.Find(id)!;
        Assert.Equal((runs, 2 * runs), (schedule.Runs, _agent.Head!.MessageCount));
        Assert.Equal(FakeAgent.Start.AddSeconds(milliseconds < 60_000 ? 60 : milliseconds < 120_000 ? 120 : 180), schedule.NextRun);
        Assert.Equal(runs == 0 ? null : _agent.Now, schedule.LastRun);
    }

    [Fact]
    public void LateTicks_DoNotShiftWhatFollows()
    {
        _agent.Schedule("r1", EveryMinute);
        for (var minute = 1; minute <= 20; minute++)
        {
            _agent.Now = FakeAgent.Start.AddSeconds(60 * minute + minute % 7);
            Assert.Equal(1, _agent.RunSchedules());
        }

        Assert.Equal(FakeAgent.Start.AddSeconds(60 * 21), _agent.Head!.NextSchedule);
        Assert.Equal(40, _agent.Head!.MessageCount);
    }

    [Theory]
    [InlineData("every=60", 1)]
    [InlineData("every=60,missed=skip", 1)]
    [InlineData("every=3600,missed=skip", 0)]
    [InlineData("every=3600", 1)]
    [InlineData("at=2026-01-02T04:00:00Z", 1)]
    [InlineData("at=2026-01-02T04:00:00Z,missed=skip", 0)]
    public void AfterTwoDaysAway_MissedRunsAreOneOrNone(string times, int runs)
    {
        _agent.Schedule("r1", ScheduleTimingTests.Parse(times));
        _agent.Now += TimeSpan.FromHours(48.5);
        Assert.Equal(1, _agent.RunSchedules());
        Assert.Equal((runs, 2 * runs), (_agent.Schedules!.All[0].Runs, _agent.Head!.MessageCount));
        Assert.Equal(0, _agent.RunSchedules());
    }

    /// <summary>Half of a transaction: the message is stored, the schedule has not moved.</summary>
    [Fact]
    public void OccurrenceWhoseMessageIsThere_IsNotPostedAgain()
    {
        _agent.Schedule("r1", EveryMinute);
        var (head, schedules) = (_agent.Head!, _agent.Schedules);
        _agent.Now += TimeSpan.FromSeconds(60);
        _agent.RunSchedules();
        _agent.Schedules = schedules;
        _agent.Head = _agent.Head! with { NextSchedule = head.NextSchedule };
        Assert.Equal(1, _agent.RunSchedules());
        Assert.Equal(2, _agent.Head!.MessageCount);
        Assert.Equal(FakeAgent.Start.AddSeconds(120), _agent.Head.NextSchedule);
    }

    [Fact]
    public void RateLimit_IsForMessagesThatComeUnasked()
    {
        _agent.Rules = _agent.Rules with { Rate = new RateRule(1, TimeSpan.FromSeconds(120)) };
        _agent.Schedule("r1", ScheduleTimingTests.Parse("every=10"));
        _agent.Post("hello");
        var accepted = _agent.Head!.Accepted;
        _agent.Now += TimeSpan.FromSeconds(10);
        Assert.Equal("rate_limited", _agent.Post("again").Refusal!.Code);
        Assert.Equal(1, _agent.RunSchedules());
        Assert.Equal(4, _agent.Head!.MessageCount);
        Assert.Equal(accepted, _agent.Head.Accepted);
    }

    [Fact]
    public void WithoutRoomForATurn_ItStaysDue()
    {
        _agent.Rules = _agent.Rules with { AnswersAtOnce = false };
        _agent.Schedule("r1", EveryMinute);
        for (var n = 0; n < 32; n++)
            Assert.Null(_agent.Post($"{n}").Refusal);
        _agent.Now += TimeSpan.FromSeconds(60);
        Assert.Equal(0, _agent.RunSchedules());
        Assert.Equal(FakeAgent.Start.AddSeconds(60), _agent.Head!.NextSchedule);
        _agent.Cancel(32);
        Assert.Equal(1, _agent.RunSchedules());
        Assert.Equal(32, _agent.Head.OpenTurns);
    }

    [Fact]
    public void RefusedMessage_EndsTheSchedule_AndSaysWhy()
    {
        var session = _agent.CreateSession("s").Value!.Id;
        _agent.Schedule("r1", EveryMinute, session: session);
        _agent.Schedule("r2", EveryMinute);
        _agent.DeleteSession(session);
        _agent.Now += TimeSpan.FromSeconds(60);
        Assert.Equal(2, _agent.RunSchedules());
        Assert.Equal(new ScheduleFailure("session_not_found", "The agent has no such session."), _agent.Schedules!.All[0].Failure);
        Assert.Equal((true, 0, false, 1), (_agent.Schedules.All[0].IsOver, _agent.Schedules.All[0].Runs, _agent.Schedules.All[1].IsOver, _agent.Schedules.All[1].Runs));
        Assert.Equal(FakeAgent.Start.AddSeconds(120), _agent.Head!.NextSchedule);
    }

    [Fact]
    public void Damage_StopsEverything()
    {
        _agent.Schedule("r1", EveryMinute);
        _agent.Post("hello");
        _agent.Now += TimeSpan.FromSeconds(60);
        var (page, schedules) = (_agent.Pages[1], _agent.Schedules);
        _agent.Pages.Clear();
        Assert.Null(_agent.RunSchedules());
        _agent.Pages[1] = page;
        _agent.Schedules = null;
        Assert.Null(_agent.RunSchedules());
        Assert.Equal("agent_quarantined", _agent.Schedule("r2", EveryMinute).Refusal!.Code);
        _agent.Schedules = schedules;
        Assert.Equal(1, _agent.RunSchedules());
    }

    [Fact]
    public void WhatBecomesOfASchedule_IsInTheLog()
    {
        var session = _agent.CreateSession("s").Value!.Id;
        var ran = _agent.Schedule("r1", EveryMinute).Value!.Schedule.Id;
        var skipped = _agent.Schedule("r2", ScheduleTimingTests.Parse("at=2026-01-02T03:05:00Z,missed=skip")).Value!.Schedule.Id;
        var failed = _agent.Schedule("r3", EveryMinute, session: session).Value!.Schedule.Id;
        _agent.DeleteSession(session);
        _agent.Now += TimeSpan.FromHours(1);
        Assert.Equal(3, _agent.RunSchedules());
        Assert.Null(_agent.Unschedule(ran));
        var log = _agent.Log().ToArray();
        Assert.Equal(
            new[]
            {
                Fact(1, ran, "created"), Fact(2, skipped, "created"), Fact(3, failed, "created"),
                Fact(4, skipped, "skipped"),
                "5 user later of 5", Fact(6, ran, "ran", "5"), "7 assistant This is our first message. You said: \"later\". of 5",
                $$"""8 schedule {"schedule":"{{failed}}","status":"failed","code":"session_not_found","detail":"The agent has no such session."}""",
                Fact(9, ran, "deleted"),
            }.Order(StringComparer.Ordinal),
            log.Order(StringComparer.Ordinal));

        static string Fact(long seq, string id, string status, string? turn = null) =>
            $$"""{{seq}} schedule {"schedule":"{{id}}","status":"{{status}}"{{(turn is null ? "" : $",\"turn\":\"{turn}\"")}}}""";
    }

    /// <summary>A turn of its own, whatever the responder: nothing is called inside of the agent's turn.</summary>
    [Fact]
    public void Tool_IsATurn_WhichTheResponderDoesNotAnswer()
    {
        using var arguments = System.Text.Json.JsonDocument.Parse("""{ "city" : "Köln <1>" }""");
        var content = ToolCall.ToContent("get_weather", arguments.RootElement);
        Assert.Equal("""{"tool":"get_weather","arguments":{"city":"Köln <1>"}}""", content);
        Assert.Equal("""{"city":"Köln <1>"}""", ToolCall.ArgumentsOf(content).GetRawText());
        _agent.Schedule("r1", EveryMinute, content, tool: "get_weather");
        Assert.Equal("idempotency_key_reused", _agent.Schedule("r1", EveryMinute, content).Refusal!.Code);
        _agent.Now += TimeSpan.FromSeconds(60);
        Assert.Equal(1, _agent.RunSchedules());
        var turn = Assert.Single(_agent.Turns!.Open);
        Assert.Equal(("get_weather", 1), (turn.Tool, turn.Attempt));
        Assert.Equal([new TurnRun(turn.Turn, 1)], _agent.Runs);
        // The same words from anybody else call nothing.
        _agent.Complete(turn.Turn, 1, "rain");
        Assert.NotNull(_agent.Post(content).Value!.Response);
        Assert.Null(_agent.Turns);
    }
}
