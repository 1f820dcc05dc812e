using System.Globalization;
using System.Text.Json;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts.Tenants;

namespace AgentMesh.ActorHost.Agents;

/// <summary>What is counted of an agent, out of what it commits. The echo's messages, which are most of all, are read for nothing.</summary>
internal sealed partial class AgentActor
{
    private const string Completed = "completed";

    /// <inheritdoc/>
    protected override Task OnActivateAsync()
    {
        _services.Metrics.Actors.Activated();
        return Task.CompletedTask;
    }

    /// <summary>Turns that a change has ended.</summary>
    private static IReadOnlyList<OpenTurn> EndedBy(TurnInputs before, AgentChange change) =>
        change.Turns is { } turns && before.Turns is { } known ? [.. known.Open.Where(turn => turns.Find(turn.Turn) is null)] : [];

    /// <summary>After a commit.</summary>
    private void Measure(AgentHead before, AgentChange change, IReadOnlyList<OpenTurn> over)
    {
        if (over.Count == 0 && change.Ledger is null && change.Mail is null)
            return;
        var codes = new Dictionary<long, string>();
        foreach (var logged in NewEvents.Of(before, change))
        {
            if (logged.Entry is ErrorEntry error)
                codes[error.Turn] = error.Code;
            else if (logged.Entry is AssistantMessageEntry { Usage: { CostMicroUsd: > 0 } usage })
                _services.Metrics.Spent.Moved(BudgetAssets.Usd, (UInt128)usage.CostMicroUsd);
            else if (logged.Entry is FactEntry { Type: FactTypes.Payment or FactTypes.Mail } fact)
                Measure(fact);
        }

        var now = _time.GetUtcNow();
        foreach (var turn in over)
            _services.Metrics.TurnEnded(codes.GetValueOrDefault(turn.Turn, Completed), now - turn.CreatedAt);
    }

    private void Measure(FactEntry fact)
    {
        var data = JsonElement.Parse(fact.Data);
        if (fact.Type == FactTypes.Mail)
        {
            _services.Metrics.MailChanged(data.GetProperty("status").GetString()!);
            return;
        }

        var state = data.GetProperty("state").GetString()!;
        _services.Metrics.HoldChanged(state);
        if (state == "posted")
            _services.Metrics.Spent.Moved(data.GetProperty("asset").GetString()!, UInt128.Parse(data.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture));
    }

    /// <summary>After a call.</summary>
    private void MeasureRefusal(string? code)
    {
        if (code is QuotaRefusals.TooManyAgents or QuotaRefusals.TenantStorageFull)
            _services.Metrics.QuotaReached(code);
    }
}
