using System.Collections.Immutable;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.DueWork;
using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.TenantBudgets;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Tenants;

/// <summary>What the tenant's agents may spend together, and whether at all.</summary>
internal sealed partial class TenantActor
{
    private static readonly Refusal InvalidReason = new(SpendingRefusals.InvalidReason, $"A reason has 1 to {FreezeLimits.ReasonCharacters} characters.");

    public async Task<Reply<TenantState>> GetTenantState(GetTenantState request, CancellationToken cancellationToken)
    {
        var control = await LoadControlAsync(cancellationToken);
        // Version 0 is of who knows nothing, even when there is nothing to know.
        var isKnown = request.Version == control.Version && request.Version != 0;
        var rules = isKnown ? null : new TenantRules(control.Frozen is not null, control.Agents, control.Assets);
        return new Reply<TenantState>(new TenantState(control.Version, clock.GetUtcNow(), rules), null);
    }

    public async Task<Reply<TenantLease>> TakeLease(TakeLease request, CancellationToken cancellationToken)
    {
        var stop = (await LoadControlAsync(cancellationToken)).Frozen is null ? null : FreezeRefusals.TenantFrozen;
        var before = await LoadLedgerAsync(cancellationToken);
        return await StoreAsync(before, before.Take(ToCore(request), stop, clock.GetUtcNow()), cancellationToken);
    }

    public async Task<Reply<TenantLease>> SettleLease(SettleLease request, CancellationToken cancellationToken)
    {
        var before = await LoadLedgerAsync(cancellationToken);
        return await StoreAsync(before, before.Settle(request.Id, request.Revision, Amounts.Parse(request.Spent), clock.GetUtcNow()), cancellationToken);
    }

    public async Task<Reply<SpendingCheck>> CheckSpending(CheckSpending request, CancellationToken cancellationToken)
    {
        var missing = Amounts.Parse(request.Missing);
        var stop = await LoadControlAsync(cancellationToken) switch
        {
            { Frozen: not null } => FreezeRefusals.TenantFrozen,
            var control when control.Agents.Contains(request.User) => FreezeRefusals.AgentFrozen,
            _ when missing == 0 => null,
            _ => (await LoadLedgerAsync(cancellationToken)).WhyNot(request.Asset, missing, request.Lease is { } lease ? ToCore(lease) : null, clock.GetUtcNow()),
        };
        return new Reply<SpendingCheck>(new SpendingCheck(SpendingStops.Of(stop)), null);
    }

    public async Task<Reply<TenantBudget>> GetTenantBudget(CancellationToken cancellationToken) =>
        new(ToBudget(await LoadControlAsync(cancellationToken), await LoadLedgerAsync(cancellationToken)), null);

    public async Task<Reply<TenantBudget>> SetTenantLimits(SetTenantLimits request, CancellationToken cancellationToken)
    {
        var limits = ImmutableArray.CreateBuilder<BudgetLimit>();
        foreach (var setting in request.Limits)
        {
            var limit = BudgetLimit.Create(BudgetScopes.Agent, setting.Asset, setting.Window, setting.Limit);
            if (limit.IsRefused)
                return new Reply<TenantBudget>(null, limit.Refusal);
            limits.Add(TenantLedger.ToLimit(limit.Value));
        }

        var control = await LoadControlAsync(cancellationToken);
        var before = await LoadLedgerAsync(cancellationToken);
        if (before.Limits.SequenceEqual(limits))
            return new Reply<TenantBudget>(ToBudget(control, before), null);
        var after = before.SetLimits(limits.ToImmutable(), clock.GetUtcNow());
        if (after.IsRefused)
            return new Reply<TenantBudget>(null, after.Refusal);
        control = control.Limit(limits.Select(limit => limit.Asset));
        await StateManager.SetStateAsync(TenantStateKeys.Budget, after.Value, cancellationToken);
        await StateManager.SetStateAsync(TenantStateKeys.Control, control, cancellationToken);
        await StateManager.SaveWholeAsync(cancellationToken);
        return new Reply<TenantBudget>(ToBudget(control, after.Value), null);
    }

    public async Task<Reply<TenantFreeze>> FreezeTenant(FreezeTenant request, CancellationToken cancellationToken)
    {
        if (request.Reason.Length is 0 or > FreezeLimits.ReasonCharacters)
            return new Reply<TenantFreeze>(null, InvalidReason);
        return await ChangeControlAsync(
            control => request.User is { } user ? control.Freeze(user) : control.Freeze(request.Reason, clock.GetUtcNow()),
            control => request.User is not { } user || control.Agents.Contains(user),
            cancellationToken);
    }

    public Task<Reply<TenantFreeze>> UnfreezeTenant(UnfreezeTenant request, CancellationToken cancellationToken) => ChangeControlAsync(
        control => request.User is { } user ? control.Unfreeze(user) : control.Unfreeze(), _ => true, cancellationToken);

    private async Task<Reply<TenantFreeze>> ChangeControlAsync(
        Func<TenantControl, TenantControl> change, Func<TenantControl, bool> isListed, CancellationToken cancellationToken)
    {
        var before = await LoadControlAsync(cancellationToken);
        var after = change(before);
        if (!ReferenceEquals(before, after))
        {
            await StateManager.SetStateAsync(TenantStateKeys.Control, after, cancellationToken);
            await StateManager.SaveWholeAsync(cancellationToken);
        }

        if (!isListed(after))
            LogListFull(Logger, Id.GetId());
        return new Reply<TenantFreeze>(new TenantFreeze(after.Version, ToFrozen(after), isListed(after)), null);
    }

    /// <summary>What a tenant without limits has is not stored.</summary>
    private async Task<Reply<TenantLease>> StoreAsync(TenantLedger before, Result<LeaseStep> step, CancellationToken cancellationToken)
    {
        if (step.IsRefused)
            return new Reply<TenantLease>(null, step.Refusal);
        var (after, lease, why) = step.Value;
        if (lease is not null && after != before)
        {
            await StateManager.SetStateAsync(TenantStateKeys.Budget, after, cancellationToken);
            await StateManager.SaveWholeAsync(cancellationToken);
        }

        var isLimited = lease is null ? why is not null : after.Limits.Any(limit => limit.Asset == lease.Asset);
        var seconds = lease is { EndedAt: null } ? (int)TenantBudgetLimits.LeaseTime.TotalSeconds : 0;
        return new Reply<TenantLease>(new TenantLease(Amounts.ToText(lease?.Granted ?? 0), seconds, isLimited, why is null ? null : ToShortage(why)), null);
    }

    private async Task<TenantControl> LoadControlAsync(CancellationToken cancellationToken) =>
        await ReadAsync<TenantControl>(TenantStateKeys.Control, cancellationToken) ?? TenantControl.Empty;

    private async Task<TenantLedger> LoadLedgerAsync(CancellationToken cancellationToken) =>
        await ReadAsync<TenantLedger>(TenantStateKeys.Budget, cancellationToken) ?? TenantLedger.Empty;

    // As everything of a tenant: the store is the truth, even when another activation has written it.
    private async Task<T?> ReadAsync<T>(string key, CancellationToken cancellationToken)
        where T : class
    {
        await StateManager.ClearCacheAsync(cancellationToken);
        return (await StateManager.TryGetStateAsync<T>(key, cancellationToken)).Value;
    }

    private TenantBudget ToBudget(TenantControl control, TenantLedger ledger)
    {
        var now = ledger.Advance(clock.GetUtcNow());
        return new TenantBudget(
            control.Version,
            ToFrozen(control),
            control.Agents,
            [.. now.View(now.SeenAt).Select(ToState)],
            [.. now.Leases.Where(lease => lease.EndedAt is null).Select(lease => new TenantLeaseState(lease.Holder, lease.Asset, Amounts.ToText(lease.Open), lease.Until))]);
    }

    private static TenantLimitState ToState(BudgetView view) => new(
        view.Limit.Asset, view.Limit.Window.ToString(), Amounts.ToText(view.Limit.Amount), Amounts.ToText(view.Posted), Amounts.ToText(view.Held), Amounts.ToText(view.Available), view.ResetsAt);

    private static TenantShortage ToShortage(Refusal why) => why is BudgetRefusal { Shortage: var shortage }
        ? new TenantShortage(why.Code, why.Detail, shortage.Window, Amounts.ToText(shortage.Available), shortage.ResetsAt)
        : new TenantShortage(why.Code, why.Detail, null, "0", null);

    private static LeaseRequest ToCore(TakeLease request) => new(
        request.Id, request.Revision, request.Holder, request.Asset, Amounts.Parse(request.Spent), Amounts.Parse(request.Least), Amounts.Parse(request.Wanted));

    private static TenantFrozen? ToFrozen(TenantControl control) => control.Frozen is { } frozen ? new TenantFrozen(frozen.Reason, frozen.At) : null;

    [LoggerMessage(8, LogLevel.Error, "The list of frozen agents of tenant {TenantId} is full; the agent is frozen by its own record alone")]
    private static partial void LogListFull(ILogger logger, string tenantId);
}
