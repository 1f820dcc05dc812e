using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.TenantBudgets;

namespace AgentMesh.Agents.Tests.TenantBudgets;

/// <summary>What processes have to know before an agent of a tenant spends.</summary>
public sealed class TenantControlTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Version_RisesWithEveryChange_AndWithNoRepeat()
    {
        var control = TenantControl.Empty;
        Func<TenantControl, TenantControl>[] changes =
        [
            before => before.Freeze("audit", Now), before => before.Freeze("alice"), before => before.Freeze("bob"), before => before.Unfreeze("alice"),
            before => before.Unfreeze(), before => before.Unfreeze("bob"),
        ];
        foreach (var change in changes)
        {
            var after = change(control);
            Assert.Equal(control.Version + 1, after.Version);
            Assert.Same(after, change(after));
            control = after;
        }
    }

    [Fact]
    public void Freeze_OfTheTenant_KeepsItsFirstReason() =>
        Assert.Equal("audit", TenantControl.Empty.Freeze("audit", Now).Freeze("another", Now.AddDays(1)).Frozen!.Reason);

    [Fact]
    public void Unfreeze_OfTheTenant_LeavesFrozenAgentsFrozen() =>
        Assert.Equal(["alice"], TenantControl.Empty.Freeze("alice").Freeze("audit", Now).Unfreeze().Agents);

    [Theory]
    [InlineData(FreezeLimits.ListedAgents - 1, true)]
    [InlineData(FreezeLimits.ListedAgents, false)]
    public void List_HasAnEnd(int there, bool hasRoom)
    {
        var control = TenantControl.Empty with { Agents = [.. Enumerable.Range(0, there).Select(n => $"user{n}")] };
        Assert.Equal(hasRoom, control.HasRoomFor("alice"));
        Assert.Equal(hasRoom, control.Freeze("alice").Agents.Contains("alice"));
        Assert.True(control.HasRoomFor("user1"));
    }
}
