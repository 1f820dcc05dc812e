using System.Collections.Immutable;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Policies;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;
using StoredLimit = AgentMesh.Agents.Budgets.BudgetLimit;

namespace AgentMesh.ActorHost.Agents;

/// <summary>What the agent may spend.</summary>
internal sealed partial class AgentActor
{
    /// <summary>The time as budgets see it.</summary>
    private DateTimeOffset LedgerNow => _services.LedgerClock.GetUtcNow();

    public Task<Reply<AgentBudget>> GetBudget(CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        // The ledger outlives the head.
        return await CheckHeadAsync(cancellationToken) is { } refusal
            ? Refused<AgentBudget>(refusal)
            : new Reply<AgentBudget>(ToBudget(await _records.LoadLedgerAsync(cancellationToken)), null);
    });

    public Task<Reply<AgentBudget>> SetBudget(SetBudget request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var limits = LimitsOf(request.Limits);
        if (limits.IsRefused)
            return Refused<AgentBudget>(limits.Refusal);
        var head = await LoadHeadToWriteAsync(_time.GetUtcNow(), cancellationToken);
        var inputs = await LoadTurnInputsAsync(head, cancellationToken);
        var step = (await _records.LoadLedgerAsync(cancellationToken)).SetLimits(limits.Value, _services.BudgetRules, LedgerNow);
        if (step.IsRefused)
            return Refused<AgentBudget>(step.Refusal);
        var change = BudgetChanges.Of(inputs, step.Value.Ledger, step.Value.Facts, _records.Epoch);
        if (change.IsRefused)
            return Refused<AgentBudget>(change.Refusal);
        await CommitAsync(inputs, head.Page, change.Value, [], cancellationToken);
        return new Reply<AgentBudget>(ToBudget(step.Value.Ledger), null);
    });

    /// <summary>What a purchase would be told of the budget, by what is known here. What the tenant says of it is asked for by who wants to know.</summary>
    /// <returns>Null: nothing of a known asset would go out.</returns>
    private async Task<HoldEvaluation?> EvaluateHoldAsync(PolicyFacts payment, string? session, string? tool, CancellationToken cancellationToken)
    {
        if (payment.Direction != PaymentDirection.Out || BudgetAssets.TokenOf(payment.Asset) is not { } asset || !AgentKey.TryParse(Id.GetId(), out var agent))
            return null;
        var stop = await _records.LoadFreezeAsync(cancellationToken) is not null
            ? FreezeRefusals.AgentFrozen
            : (await _records.LoadLedgerAsync(cancellationToken)).WhyNotToHold(asset, payment.AmountAtomic, session, tool, _services.BudgetRules, LedgerNow);
        var (missing, request) = _services.TenantGate.Ask(agent.Tenant, asset, payment.AmountAtomic);
        return new HoldEvaluation(asset, SpendingStops.Of(stop), Amounts.ToText(missing), request);
    }

    /// <summary>Ends the holds that time ends.</summary>
    /// <returns>False: there are none.</returns>
    private async Task<Result<bool>> ExpireHoldsAsync(CancellationToken cancellationToken)
    {
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head || !(head.NextHold <= _time.GetUtcNow()))
            return false;
        var inputs = await LoadTurnInputsAsync(head, cancellationToken);
        var ledger = await _records.LoadLedgerAsync(cancellationToken);
        var expired = BudgetChanges.Expire(inputs, ledger, _services.BudgetRules, _records.Epoch, LedgerNow);
        if (expired.IsRefused)
            return expired.Refusal;
        if (expired.Value.Change is { } change)
            await CommitAsync(inputs, head.Page, change, [], cancellationToken);
        return expired.Value.Change is not null;
    }

    private static Result<ImmutableArray<StoredLimit>> LimitsOf(IReadOnlyList<LimitSetting> settings)
    {
        var limits = ImmutableArray.CreateBuilder<StoredLimit>(settings.Count);
        foreach (var setting in settings)
        {
            var limit = StoredLimit.Create(setting.Scope, setting.Asset, setting.Window, setting.Limit);
            if (limit.IsRefused)
                return limit.Refusal;
            limits.Add(limit.Value);
        }

        return limits.ToImmutable();
    }

    private AgentBudget ToBudget(Ledger ledger) => new([.. ledger.View(_services.BudgetRules, LedgerNow).Select(ToStatus)]);

    private static LimitStatus ToStatus(BudgetView view) => new(
        view.Limit.Scope, view.Limit.Asset, view.Limit.Window.ToString(), Amounts.ToText(view.Limit.Amount), Amounts.ToText(view.Posted), Amounts.ToText(view.Held), Amounts.ToText(view.Overrun),
        Amounts.ToText(view.Available), view.ResetsAt);
}
