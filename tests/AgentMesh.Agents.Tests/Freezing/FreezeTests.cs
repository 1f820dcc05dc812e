using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Tests.Freezing;

/// <summary>Freezing an agent, and the end of that.</summary>
public sealed class FreezeTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly FreezeRecord Standing = new("first", Now.AddDays(-1));

    private static TurnInputs Used => new(AgentHead.Unborn(Now.AddDays(-2)) with { Epoch = 1 }, null, null);

    [Fact]
    public void Freeze_IsStoredWithItsEvent()
    {
        var change = FreezeChanges.Freeze(Used, null, "audit", 7, Now)!;
        Assert.Equal(new FreezeRecord("audit", Now), change.Freeze);
        Assert.Equal((1, 7), (change.Agent!.Head.LastSeq, change.Agent.Head.Epoch));
        Assert.Single(change.Agent.Events);
    }

    [Fact]
    public void Unfreeze_IsStoredWithItsEvent()
    {
        var change = FreezeChanges.Unfreeze(Used, Standing, 7, Now)!;
        Assert.Null(change.Freeze);
        Assert.Equal(1, change.Agent!.Head.LastSeq);
    }

    [Fact]
    public void Repeats_StoreNothing()
    {
        Assert.Null(FreezeChanges.Freeze(Used, Standing, "another", 7, Now));
        Assert.Null(FreezeChanges.Unfreeze(Used, null, 7, Now));
    }

    /// <summary>An agent that takes no event is frozen all the same.</summary>
    [Fact]
    public void Agent_WithoutALog_IsFrozen()
    {
        foreach (var inputs in new[] { null, Used with { Head = Used.Head with { IsErasing = true } }, Used with { Head = Used.Head with { OpenTurns = 3 } } })
        {
            var change = FreezeChanges.Freeze(inputs, null, "audit", 7, Now)!;
            Assert.Equal("audit", change.Freeze!.Reason);
            Assert.Null(change.Agent);
        }
    }
}
