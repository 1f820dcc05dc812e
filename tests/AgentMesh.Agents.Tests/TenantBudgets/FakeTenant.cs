using System.Text.Json;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.TenantBudgets;
using AgentMesh.Agents.Tests.Budgets;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.TenantBudgets;

/// <summary>A tenant's ledger with a clock. Stored and read again after every step, as the actor does.</summary>
internal sealed class FakeTenant
{
    internal const string Usdc = FakeLedger.Usdc;

    internal TenantLedger Ledger { get; set; } = TenantLedger.Empty;

    internal DateTimeOffset Now { get; set; } = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    internal static FakeTenant With(int limit, string window = "rolling:24h", string asset = Usdc)
    {
        var tenant = new FakeTenant();
        Assert.Null(tenant.Set((asset, window, limit)).Refusal);
        return tenant;
    }

    internal Result<TenantLedger> Set(params ReadOnlySpan<(string Asset, string Window, int Limit)> limits)
    {
        var all = new List<BudgetLimit>();
        foreach (var (asset, window, limit) in limits)
            all.Add(FakeLedger.Limit(TenantLedger.Scope, asset, window, (UInt128)limit));
        var step = Ledger.SetLimits([.. all], Now);
        if (!step.IsRefused)
            Ledger = Reload(step.Value);
        return step;
    }

    internal Result<LeaseStep> Take(
        string id, long revision, int least, int? wanted = null, int spent = 0, string asset = Usdc, Refusal? stop = null) =>
        Keep(Ledger.Take(new LeaseRequest(id, revision, "holder of " + id, asset, (UInt128)spent, (UInt128)least, (UInt128)(wanted ?? least)), stop, Now));

    internal Result<LeaseStep> Settle(string id, long revision, int spent) => Keep(Ledger.Settle(id, revision, (UInt128)spent, Now));

    /// <summary>How the first limit stands.</summary>
    internal (int Posted, int Held, int Available) First() => Ledger.View(Now)[0] is var view ? ((int)view.Posted, (int)view.Held, (int)view.Available) : default;

    private static TenantLedger Reload(TenantLedger ledger) => JsonSerializer.Deserialize<TenantLedger>(JsonSerializer.Serialize(ledger, FakeAgent.Json), FakeAgent.Json)!;

    private Result<LeaseStep> Keep(Result<LeaseStep> step)
    {
        if (!step.IsRefused)
            Ledger = Reload(step.Value.Ledger);
        return step;
    }
}
