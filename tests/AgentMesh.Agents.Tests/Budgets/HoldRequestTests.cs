using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>Names of holds: how long they may be, and that one is of one hold only.</summary>
public sealed class HoldRequestTests
{
    private readonly FakeLedger _agent = new();

    /// <summary>A caller that gets the hold of another request would spend what was set aside for something else.</summary>
    [Theory]
    [InlineData(HoldKind.Payment, FakeLedger.Usdc, 60, "default", "shop", null, null)]
    [InlineData(HoldKind.Delegation, FakeLedger.Usdc, 60, "default", "shop", null, "hold_id_reused")]
    [InlineData(HoldKind.Model, FakeLedger.Usdc, 60, "default", "shop", null, "hold_id_reused")]
    [InlineData(HoldKind.Payment, BudgetAssets.Usd, 60, "default", "shop", null, "hold_id_reused")]
    [InlineData(HoldKind.Payment, FakeLedger.Usdc, 59, "default", "shop", null, "hold_id_reused")]
    [InlineData(HoldKind.Payment, FakeLedger.Usdc, 60, null, "shop", null, "hold_id_reused")]
    [InlineData(HoldKind.Payment, FakeLedger.Usdc, 60, "default", "other", null, "hold_id_reused")]
    [InlineData(HoldKind.Payment, FakeLedger.Usdc, 60, "default", "shop", "mail:1", "hold_id_reused")]
    public void Id_IsOfOneRequest(HoldKind kind, string asset, int amount, string? session, string? tool, string? grant, string? code)
    {
        _agent.Rules = new([FakeLedger.Limit("agent", FakeLedger.Usdc, "once", 200), FakeLedger.Limit("agent", BudgetAssets.Usd, "once", 200)]);
        _agent.Grant("mail:1", 100);
        _agent.Hold("one", 60, session: "default", tool: "shop");
        Assert.Equal(code, _agent.Hold("one", (UInt128)amount, kind, asset, session: session, tool: tool, grant: grant).Refusal?.Code);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(BudgetBounds.HoldIdCharacters, false)]
    [InlineData(BudgetBounds.HoldIdCharacters + 1, true)]
    public void Id_HasALength(int length, bool isABug) =>
        Assert.Equal(isABug, Record.Exception(() => _agent.Hold(new string('i', length), 1)) is ArgumentException);

    [Theory]
    [InlineData(BudgetBounds.AssetCharacters, false)]
    [InlineData(BudgetBounds.AssetCharacters + 1, true)]
    public void Asset_HasALength(int length, bool isABug) =>
        Assert.Equal(isABug, Record.Exception(() => _agent.Hold("one", 1, asset: new string('a', length))) is ArgumentException);
}
