using AgentMesh.Agents.Quarantine;

namespace AgentMesh.Agents.Tests.Quarantine;

/// <summary>A tenant's list of damaged agents.</summary>
public sealed class QuarantinedAgentsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Fact]
    public void Agent_IsListedOnce_SinceItWasFoundFirst_WithTheNewestReason()
    {
        var list = QuarantinedAgents.Empty.Note("bob", "page 1 is missing", Now).Note("alice", "page 2 is missing", Now.AddSeconds(1));
        Assert.Equal([new QuarantinedAgent("bob", "page 1 is missing", Now), new QuarantinedAgent("alice", "page 2 is missing", Now.AddSeconds(1))], list.Agents);
        Assert.Same(list, list.Note("bob", "page 1 is missing", Now.AddSeconds(2)));
        Assert.Equal(new QuarantinedAgent("bob", "page 3 is missing", Now), list.Note("bob", "page 3 is missing", Now.AddSeconds(2)).Agents[0]);
    }

    [Fact]
    public void Release_TakesItOff_AndARepeatChangesNothing()
    {
        var list = QuarantinedAgents.Empty.Note("bob", "page 1 is missing", Now);
        Assert.Empty(list.Release("bob").Agents);
        Assert.Same(list, list.Release("alice"));
    }

    [Theory]
    [InlineData(QuarantinedAgents.MostAgents - 1, "zoe", false)]
    [InlineData(QuarantinedAgents.MostAgents, "zoe", true)]
    [InlineData(QuarantinedAgents.MostAgents, "u0", false)]
    public void List_HasAnEnd_ButNotForThoseThatAreThere(int agents, string user, bool isFull)
    {
        var list = new QuarantinedAgents([.. Enumerable.Range(0, agents).Select(n => new QuarantinedAgent($"u{n}", "page 1 is missing", Now))]);
        Assert.Equal(isFull, list.IsFullFor(user));
        Assert.Equal(isFull, ReferenceEquals(list, list.Note(user, "page 2 is missing", Now)));
    }
}
