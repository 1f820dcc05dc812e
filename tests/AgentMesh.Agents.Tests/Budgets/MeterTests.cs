using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>What stays known of limits that are not in force any more.</summary>
public sealed class MeterTests
{
    private readonly FakeLedger _agent = new();

    /// <summary>Of as many tools as there is room for, beside the two limits in force, those that spent last are known; the others begin anew.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(65, true)]
    public void Meters_LongestUnused_MakeRoom(int tool, bool isKnown)
    {
        const int Tools = BudgetBounds.Meters + 2;
        for (var n = 0; n < Tools; n++)
        {
            _agent.Set(Agent, Tool(n));
            _agent.Spend($"hold {n}", 1, tool: $"t{n}");
            _agent.Now += TimeSpan.FromMilliseconds(1);
        }

        _agent.Set(Agent, Tool(Tools));
        _agent.Set(Agent, Tool(tool));
        Assert.Equal(isKnown ? 1 : 0, (int)_agent.View()[1].Posted);
    }

    private static BudgetLimit Agent { get; } = FakeLedger.Limit("agent", FakeLedger.Usdc, "once", 10_000);

    private static BudgetLimit Tool(int n) => FakeLedger.Limit($"tool:t{n}", FakeLedger.Usdc, "once", 10);
}
