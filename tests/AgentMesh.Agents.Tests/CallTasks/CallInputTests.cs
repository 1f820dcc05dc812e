using AgentMesh.Agents.CallTasks;

namespace AgentMesh.Agents.Tests.CallTasks;

/// <summary>Tasks of calls that ask in the midst of their work.</summary>
public sealed class CallInputTests
{
    private const string Id = "dddddddddddddddddddddddddddddddd";

    private static DateTimeOffset Now => new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static CallTaskTable Asking { get; } = new([CallTaskTests.OfTurn, CallTaskTests.OfCall]);

    private static CallTaskTable Answered => Answer(Asking, ("2.sure", "1")).Table!;

    [Fact]
    public void Call_IsStoredOnce_ForAllRetries()
    {
        var input = new CallInput("{}", null, [new CallQuestion("a", "{}", null)], false);
        var step = CallTaskTable.Empty.CreateOfCall("id", "tool", input, Now).Value!;
        Assert.Equal(new CallTask("id", "tool", null, null, Now, Now.AddHours(1), input), step.Task);
        Assert.Null(step.Table!.CreateOfCall("id", "tool", input, Now).Value!.Table);
        Assert.Equal(2, step.Table.CreateOfCall("other", "tool", input, Now).Value!.Table!.All.Length);
    }

    /// <summary>SEP-2663: no key is used twice, though the tool asks again by the same name; answers to anything else are not heard.</summary>
    [Theory]
    [InlineData("2.sure", true)]
    [InlineData("1.sure", false)]
    [InlineData("3.sure", false)]
    [InlineData("sure", false)]
    public void Answer_IsToWhatIsAskedNow(string key, bool isHeard)
    {
        var step = Answer(Asking, (key, "new"));
        Assert.Equal(isHeard, step.Table is not null);
        Assert.Equal(isHeard, step.Task.Input!.IsAnswered);
        Assert.Equal(["{}", isHeard ? "new" : null], step.Task.Input.Questions.Select(question => question.Response));
    }

    [Fact]
    public void FirstAnswer_Stands() => Assert.Null(Answer(Answered, ("2.sure", "2")).Table);

    [Fact]
    public void FurtherQuestions_AreAskedOnce()
    {
        var more = new[] { new CallQuestion("more", "{}", null) };
        var step = Answered.Ask(Id, 2, more, "s2", Now).Value!;
        Assert.Equal(("3.more", "s2", false), (step.Task.Input!.KeyOf(2), step.Task.Input.State, step.Task.Input.IsAnswered));
        Assert.Null(step.Table!.Ask(Id, 2, more, "s3", Now).Value!.Table);
        Assert.Null(Asking.Ask(Id, 2, more, "s3", Now).Value!.Table);
    }

    [Fact]
    public void AnsweredCall_GoesOnAsATurn_AndKeepsItsName()
    {
        var step = Answered.CreateOfTurn(Id, "confirm", 9, Now.AddMinutes(1)).Value!;
        Assert.Equal((9L, Now, null), (step.Task.Turn, step.Task.CreatedAt, step.Task.Input));
        Assert.Equal(2, step.Table!.All.Length);
        Assert.Null(step.Table.CreateOfTurn(Id, "confirm", 9, Now).Value!.Table);
        Assert.Null(Asking.CreateOfTurn(Id, "confirm", 9, Now).Value!.Task.Turn);
    }

    /// <summary>What is answered may have begun its work already, which would not end with it.</summary>
    [Fact]
    public void Cancel_EndsWhatWaits_AndForgetsWhatItAsked()
    {
        var step = Asking.Cancel(Id, true, Now).Value!;
        Assert.Equal((true, false, 0), (step.Task.Input!.IsCanceled, step.Task.Input.IsAnswered, step.Task.Input.Questions.Length));
        Assert.Null(Answer(step.Table!, ("2.sure", "1")).Table);
        Assert.Null(step.Table!.CreateOfTurn(Id, "confirm", 9, Now).Value!.Task.Turn);
        Assert.Null(step.Table.Cancel(Id, true, Now).Value!.Table);
        Assert.Null(Answered.Cancel(Id, true, Now).Value!.Table);
    }

    [Fact]
    public void Turn_AsksNothing()
    {
        Assert.Null(Asking.Cancel(CallTaskTests.OfTurn.Id, true, Now).Value!.Table);
        Assert.Null(Asking.Answer(CallTaskTests.OfTurn.Id, true, new Dictionary<string, string> { ["1.a"] = "1" }, Now).Value!.Table);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 3_600_000)]
    public void Others_AndWhoComesLate_FindNothing(bool isOwner, int afterMs)
    {
        var now = Now.AddMilliseconds(afterMs);
        Assert.Equal("task_not_found", Asking.Answer(Id, isOwner, new Dictionary<string, string> { ["2.sure"] = "1" }, now).Refusal?.Code);
        Assert.Equal("task_not_found", Asking.Cancel(Id, isOwner, now).Refusal?.Code);
    }

    [Theory]
    [InlineData(8 * 1024, null)]
    [InlineData(8 * 1024 + 1, "task_input_too_large")]
    public void Input_IsOfSoManyCharacters(int length, string? code)
    {
        var input = new CallInput(new string('1', length - 3), null, [new CallQuestion("a", "{}", null)], false);
        Assert.Equal(code, CallTaskTable.Empty.CreateOfCall("id", "tool", input, Now).Refusal?.Code);
        var kept = CallTaskTable.Empty.CreateOfCall("id", "tool", input with { Arguments = "{}" }, Now).Value!.Table!;
        Assert.Equal(code, kept.Answer("id", true, new Dictionary<string, string> { ["1.a"] = new string('1', length - 5) }, Now).Refusal?.Code);
    }

    [Theory]
    [InlineData(15, 0, null)]
    [InlineData(16, 0, "too_many_tasks")]
    [InlineData(15, 5, null)]
    public void Table_HasRoomForSoManyThatAsk(int asking, int canceled, string? code)
    {
        var full = new CallTaskTable(
        [
            .. Enumerable.Range(0, asking).Select(n => CallTaskTests.OfCall with { Id = $"a{n}" }),
            .. Enumerable.Range(0, canceled).Select(n => CallTaskTests.OfCall with { Id = $"c{n}", Input = new CallInput("{}", null, [], true) }),
        ]);
        Assert.Equal(code, full.CreateOfCall("new", "confirm", CallTaskTests.OfCall.Input!, Now).Refusal?.Code);
        Assert.Null(full.CreateOfTurn("turn", "send_message", 1, Now).Refusal);
    }

    private static CallTaskStep Answer(CallTaskTable tasks, (string Key, string Response) answer) =>
        tasks.Answer(Id, true, new Dictionary<string, string> { [answer.Key] = answer.Response }, Now).Value!;
}
