using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Watching;

namespace AgentMesh.Gateway.Tests.Watching;

/// <summary>A turn's events may come before the reply that says whose turn it is.</summary>
public sealed class ExpectedTurnsTests
{
    private readonly ExpectedTurns _turns = new();

    [Fact]
    public void PauseAfterTheReply_IsTheSenders()
    {
        _turns.Begin();
        Assert.Null(_turns.Expect("t1", "mine"));
        _turns.End();
        Assert.True(_turns.IsPause(Paused("t1"), out var id));
        Assert.Equal("mine", id);
        Assert.False(_turns.IsPause(Paused("t2"), out _));
    }

    [Fact]
    public void PauseBeforeTheReply_IsTheSendersToo_Once()
    {
        _turns.Begin();
        Assert.False(_turns.IsPause(Paused("t1"), out _));
        Assert.Equal("t1", _turns.Expect("t1", null)?.PausedTurn);
        _turns.End();
        // It goes on, and waits once more.
        Assert.False(_turns.IsPause(Resumed("t1"), out _));
        Assert.True(_turns.IsPause(Paused("t1"), out _));
    }

    [Fact]
    public void PauseThatIsOverBeforeTheReply_IsNotTold()
    {
        _turns.Begin();
        _turns.IsPause(Paused("t1"), out _);
        _turns.IsPause(Resumed("t1"), out _);
        Assert.Null(_turns.Expect("t1", null));
        Assert.True(_turns.IsPause(Paused("t1"), out _));
    }

    [Fact]
    public void TurnThatEndedBeforeTheReply_IsNotWaitedFor()
    {
        for (var n = 0; n < 100; n++)
        {
            _turns.Begin();
            _turns.IsPause(Ended($"e{n}"), out _);
            Assert.Null(_turns.Expect($"e{n}", null));
            _turns.End();
        }

        // There is still room.
        _turns.Begin();
        _turns.Expect("t1", null);
        Assert.True(_turns.IsPause(Paused("t1"), out _));
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void AsManyAreRememberedAsAnAgentWorksOn(int others, bool isRemembered)
    {
        for (var n = 0; n < others; n++)
            _turns.Expect($"o{n}", null);
        _turns.Expect("t1", null);
        Assert.Equal(isRemembered, _turns.IsPause(Paused("t1"), out _));
        // One that ends makes room.
        _turns.IsPause(Ended("o0"), out _);
        _turns.Expect("t1", null);
        Assert.True(_turns.IsPause(Paused("t1"), out _));
    }

    [Fact]
    public void WhatWasHeardInAnotherPost_IsForgotten()
    {
        _turns.Begin();
        _turns.IsPause(Paused("t1"), out _);
        _turns.End();
        _turns.Begin();
        Assert.Null(_turns.Expect("t1", null));
    }

    private static WatchedEvent Paused(string turn) => Of(EventTypes.TurnPaused, new EventData(Json: $$"""{"turn":"{{turn}}"}"""));

    private static WatchedEvent Resumed(string turn) => Of(EventTypes.TurnResumed, new EventData(Json: $$"""{"turn":"{{turn}}"}"""));

    private static WatchedEvent Ended(string turn) => Of(EventTypes.Message, new EventData(turn, "assistant", "Hello"));

    private static WatchedEvent Of(string type, EventData data) => new(new AgentEvent(1, 1, "default", type, data));
}
