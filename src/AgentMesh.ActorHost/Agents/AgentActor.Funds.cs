using System.Globalization;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Summaries;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>What turns cost: holds for calls of the model, and turns that wait until there is budget.</summary>
internal sealed partial class AgentActor
{
    public Task<Reply<CallHold>> HoldCall(HoldCall request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return Refused<CallHold>(TurnRefusals.TurnLost);
        // What is only not known yet pauses no turn: the run asks again.
        if (request.Stop is null && await WhyNotToSpendAsync(cancellationToken) is { Code: SpendingRefusals.TenantUnknown } unknown)
            return Refused<CallHold>(unknown);
        var inputs = await LoadTurnInputsAsync(head, cancellationToken);
        inputs = inputs with { Funds = await GateAsync(inputs.Funds, request.Stop, cancellationToken) };
        var funded = TurnChanges.HoldCall(
            inputs,
            new TurnRun(request.Turn, request.Attempt),
            new CallFunding(request.Call, request.WantedMicroUsd, request.LeastMicroUsd, request.LastMicroUsd),
            _services.Rules.Turns,
            _records.Epoch,
            _time.GetUtcNow());
        if (funded.IsRefused)
            return Refused<CallHold>(funded.Refusal);
        await CommitAsync(inputs, head.Page, funded.Value.Step, cancellationToken);
        // Without a pause the turn is over: what another agent lets it spend is spent.
        var granted = funded.Value.GrantedMicroUsd;
        return new Reply<CallHold>(new CallHold(granted, granted is null ? funded.Value.Pause?.Code ?? AgentRefusals.BudgetExceeded : null), null);
    });

    public Task<Reply<Turn>> ResumeTurn(ResumeTurn request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (TurnId.Parse(request.TurnId) is { } turn && await _records.LoadHeadAsync(null, cancellationToken) is { PausedTurns: > 0 } head)
        {
            var refusal = await ChangeTurnsAsync(
                head, inputs => TurnChanges.Resume(inputs, turn, _services.Rules.Turns, _records.Epoch, _time.GetUtcNow()), cancellationToken);
            if (refusal is not null)
                return Refused<Turn>(refusal);
        }

        return await FindTurnAsync(request.TurnId, cancellationToken);
    });

    public Task<Reply<CallHold>> HoldSummary(HoldSummary request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var call = new CallFunding(request.Call, request.WantedMicroUsd, request.LeastMicroUsd, request.LastMicroUsd);
        var funds = await GateAsync(null, request.Stop, cancellationToken);
        var funded = await FundSummaryAsync(
            inputs => SummaryFunds.Hold(inputs with { Funds = funds }, request.SessionId, request.Writing, call, _records.Epoch), cancellationToken);
        return funded.IsRefused
            ? Refused<CallHold>(funded.Refusal)
            : new Reply<CallHold>(new CallHold(funded.Value.GrantedMicroUsd, funded.Value.Refusal?.Code), null);
    });

    public Task<Reply<SettleSummary>> SettleSummary(SettleSummary request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var funded = await FundSummaryAsync(
            inputs => SummaryFunds.Settle(inputs, request.Writing, request.Call, request.LastMicroUsd, _records.Epoch), cancellationToken);
        return funded.IsRefused ? Refused<SettleSummary>(funded.Refusal) : new Reply<SettleSummary>(request, null);
    });

    private async Task<Result<FundedSummary>> FundSummaryAsync(Func<TurnInputs, Result<FundedSummary>> fund, CancellationToken cancellationToken)
    {
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return SummaryRefusals.SummaryStale;
        var inputs = await LoadTurnInputsAsync(head, cancellationToken);
        inputs = inputs with { Funds = inputs.Funds ?? await LoadFundsAsync(cancellationToken) };
        var funded = fund(inputs);
        if (funded.Value?.Change is { } change)
            await CommitAsync(inputs, head.Page, change, [], cancellationToken);
        return funded;
    }

    /// <summary>The money, where turns have to do with it: an agent whose responder costs nothing does not read its ledger.</summary>
    private async ValueTask<TurnFunds?> LoadFundsIfNeededAsync(TurnTable? turns, CancellationToken cancellationToken) =>
        turns is { NeedsLedger: true } ? await LoadFundsAsync(cancellationToken) : null;

    /// <summary>
    /// The money. A freeze keeps paused turns where they are; what is only not known of the tenant does not, because their runs ask for it and wait.
    /// </summary>
    private async ValueTask<TurnFunds> LoadFundsAsync(CancellationToken cancellationToken) => new(
        await _records.LoadLedgerAsync(cancellationToken),
        _services.BudgetRules,
        LedgerNow,
        await WhyNotToSpendAsync(cancellationToken) is { Code: not SpendingRefusals.TenantUnknown } frozen ? frozen : null);

    /// <summary>The money, for a hold that is taken now: here, and nowhere else, is said what refuses it beside the ledger.</summary>
    private async ValueTask<TurnFunds> GateAsync(TurnFunds? funds, SpendingStop? stop, CancellationToken cancellationToken) =>
        (funds ?? await LoadFundsAsync(cancellationToken)) with { Gate = await WhyNotToSpendAsync(cancellationToken) ?? SpendingStops.ToRefusal(stop) };

    /// <summary>
    /// What a changed ledger makes due: here and nowhere else, so that no hold is stored that nobody would end. A change that is not one of turns may have made room for those that wait for it: they are looked at next,
    /// whatever becomes of this process.
    /// </summary>
    private AgentChange WithDue(AgentChange change)
    {
        if (change.Ledger is not { } ledger)
            return change;
        var resume = change is { Turns: null, Head.PausedTurns: > 0 } ? _time.GetUtcNow().WholeMilliseconds() : change.Head.NextResume;
        return change with { Head = change.Head with { NextHold = ledger.NextDue, NextResume = resume } };
    }

    /// <summary>After a call: paused turns whose time has come, or for which the call has made room, go on at once. The reminder would find them too.</summary>
    private async Task ResumeTurnsAsync()
    {
        if (_records.Known is { NextResume: { } at } && at <= _time.GetUtcNow())
            await AdvanceTurnsAsync(CancellationToken.None);
    }

    private static Reply<T> RefusedAs<T>(TurnPause pause, string turnId)
        where T : class => Refused<T>(new Refusal(pause.Code, pause.Detail)) with { Shortage = ToPaused(pause).Shortage, PausedTurn = turnId };

    private static TurnPaused ToPaused(TurnPause pause) => new(
        pause.At, pause.Code, pause.Detail, pause.NeededMicroUsd.ToString(CultureInfo.InvariantCulture),
        pause.Scope is { } scope ? new Shortage(scope, BudgetAssets.Usd, pause.Window, Amounts.ToText(pause.Available), pause.ResetsAt) : null);
}
