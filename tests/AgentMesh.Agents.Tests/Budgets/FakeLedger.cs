using System.Collections.Immutable;
using System.Text.Json;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>A ledger with a clock: what is granted is kept, what is refused is not. Stored and read again after every step.</summary>
internal sealed class FakeLedger
{
    internal const string Usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";

    internal Ledger Ledger { get; set; } = Ledger.Empty;

    internal BudgetRules Rules { get; set; } = new([Limit("agent", Usdc, "rolling:24h", 100)]);

    internal DateTimeOffset Now { get; set; } = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Facts of the last step.</summary>
    internal ImmutableArray<FactEntry> Facts { get; private set; } = [];

    internal static BudgetLimit Limit(string scope, string asset, string window, UInt128 amount) =>
        new(scope, asset, BudgetWindow.TryParse(window) ?? throw new ArgumentException(window), amount);

    internal Result<LedgerStep> Hold(
        string id, UInt128 amount, HoldKind kind = HoldKind.Payment, string asset = Usdc, UInt128? least = null, string? session = null, string? tool = null,
        int expiresMs = 3_600_000, string? grant = null) =>
        Keep(Ledger.Hold(
            new HoldRequest(id, kind, asset, amount, least ?? amount, session, tool, Now.AddMilliseconds(expiresMs)) { Grant = grant }, Rules, Now));

    /// <summary>Another agent lets a turn spend so much.</summary>
    internal void Grant(string id, UInt128 amount, string turn = "7", string asset = Usdc) =>
        Ledger = Reload(Ledger.Grant(new FundsGrant(id, asset, amount, 0, turn)));

    /// <summary>The turn is over: how much of a grant was spent.</summary>
    internal UInt128 EndGrant(string id)
    {
        var (ledger, spent) = Ledger.EndGrant(id, Rules, Now);
        Ledger = Reload(ledger);
        return spent;
    }

    internal Result<LedgerStep> Post(string id, UInt128 actual) => Keep(Ledger.Post(id, actual, Rules, Now));

    internal Result<LedgerStep> Void(string id) => Keep(Ledger.Void(id, Rules, Now));

    internal Result<LedgerStep> MarkUnknown(string id) => Keep(Ledger.MarkUnknown(id, Rules, Now));

    /// <summary>Holds and posts.</summary>
    internal void Spend(string id, UInt128 amount, string? session = null, string? tool = null)
    {
        Assert.Null(Hold(id, amount, session: session, tool: tool).Refusal);
        Assert.Null(Post(id, amount).Refusal);
    }

    internal Result<LimitsStep> Set(params ReadOnlySpan<BudgetLimit> limits)
    {
        var step = Ledger.SetLimits([.. limits], Rules, Now);
        if (!step.IsRefused)
            (Ledger, Facts) = (Reload(step.Value.Ledger), step.Value.Facts);
        return step;
    }

    /// <summary>How the first limit stands.</summary>
    internal (UInt128 Posted, UInt128 Held, UInt128 Overrun, UInt128 Available) First() => Of(View()[0]);

    /// <summary>How each limit stands.</summary>
    internal ImmutableArray<BudgetView> View() => Ledger.View(Rules, Now);

    internal static (UInt128 Posted, UInt128 Held, UInt128 Overrun, UInt128 Available) Of(BudgetView view) =>
        (view.Posted, view.Held, view.Overrun, view.Available);

    internal static Ledger Reload(Ledger ledger) => JsonSerializer.Deserialize<Ledger>(JsonSerializer.Serialize(ledger, FakeAgent.Json), FakeAgent.Json)!;

    private Result<LedgerStep> Keep(Result<LedgerStep> step)
    {
        if (!step.IsRefused)
            (Ledger, Facts) = (Reload(step.Value.Ledger), step.Value.Facts);
        return step;
    }
}
