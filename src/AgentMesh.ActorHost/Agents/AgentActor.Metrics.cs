using System.Globalization;
using System.Text.Json;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;

namespace AgentMesh.ActorHost.Agents;

/// <summary>What is counted of an agent, out of what it commits. The echo's messages, which are most of all, are read for nothing.</summary>
internal sealed partial class AgentActor
{
    private const string Completed = "completed";

    /// <inheritdoc/>
    protected override Task OnActivateAsync()
    {
        _services.Metrics.Activated(AgentActorType.Name);
        return Task.CompletedTask;
    }

    /// <summary>After a commit.</summary>
    private void Measure(TurnInputs before, AgentChange change)
    {
        var hasEnded = change.Turns is { } turns && before.Turns is { } open && open.Open.Any(turn => turns.Find(turn.Turn) is null);
        if (!hasEnded && change.Ledger is null && change.Mail is null)
            return;
        var codes = new Dictionary<long, string>();
        foreach (var logged in NewEvents.Of(before.Head, change))
        {
            if (logged.Entry is ErrorEntry error)
                codes[error.Turn] = error.Code;
            else if (logged.Entry is AssistantMessageEntry { Usage: { CostMicroUsd: > 0 } usage })
                _services.Metrics.MoneySpent(BudgetAssets.Usd, (UInt128)usage.CostMicroUsd);
            else if (logged.Entry is FactEntry { Type: FactTypes.Payment or FactTypes.Mail } fact)
                Measure(fact);
        }

        if (!hasEnded)
            return;
        var now = _time.GetUtcNow();
        foreach (var turn in before.Turns!.Open.Where(turn => change.Turns!.Find(turn.Turn) is null))
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
            _services.Metrics.MoneySpent(data.GetProperty("asset").GetString()!, UInt128.Parse(data.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture));
    }

    /// <summary>After a call.</summary>
    private void MeasureRefusal(string? code)
    {
        if (code is QuotaRefusals.TooManyAgents or QuotaRefusals.TenantStorageFull)
            _services.Metrics.QuotaReached(code);
    }
}
