using System.Collections.Immutable;
using System.Globalization;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Summaries;

/// <summary>
/// What writing a summary costs: a hold for each try of a call of the model, as turns have them. Nothing waits for a summary, so that without budget
/// there is none, and the session's next turn asks again.
/// </summary>
public static class SummaryFunds
{
    /// <summary>Settles the try before, and takes a hold for the one that is about to be made.</summary>
    /// <param name="inputs">The agent's records, its money included.</param>
    /// <param name="session">The session.</param>
    /// <param name="writing">The id of this writing: of one part of a summary, by one process.</param>
    /// <param name="call">The try. A repeat finds the hold it got.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    public static Result<FundedSummary> Hold(TurnInputs inputs, string session, string writing, CallFunding call, long epoch)
    {
        ArgumentNullException.ThrowIfNull(inputs.Funds);
        var facts = ImmutableArray.CreateBuilder<FactEntry>();
        var holds = new TurnHolds(inputs.Funds, facts.Add);
        holds.Settle(IdOf(writing, call.Number - 1), call.LastMicroUsd);
        var taken = holds.Take(new HoldRequest(
            IdOf(writing, call.Number), HoldKind.Model, BudgetAssets.Usd, (UInt128)call.WantedMicroUsd, (UInt128)call.LeastMicroUsd, session, null,
            inputs.Funds.Now + SummaryLimits.HoldTime));
        var change = ChangeOf(inputs, holds, facts.ToImmutable(), epoch);
        return change.IsRefused ? change.Refusal : change.Value with { GrantedMicroUsd = taken.IsRefused ? null : taken.Value, Refusal = taken.Refusal };
    }

    /// <summary>The writing is over.</summary>
    /// <param name="inputs">The agent's records, its money included.</param>
    /// <param name="writing">Its id.</param>
    /// <param name="number">Its last try.</param>
    /// <param name="lastMicroUsd">What that has cost; null: not known, so that all that is held for it counts.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    public static Result<FundedSummary> Settle(TurnInputs inputs, string writing, int number, long? lastMicroUsd, long epoch)
    {
        ArgumentNullException.ThrowIfNull(inputs.Funds);
        var facts = ImmutableArray.CreateBuilder<FactEntry>();
        var holds = new TurnHolds(inputs.Funds, facts.Add);
        holds.Settle(IdOf(writing, number), lastMicroUsd);
        return ChangeOf(inputs, holds, facts.ToImmutable(), epoch);
    }

    private static string IdOf(string writing, int number) => string.Create(CultureInfo.InvariantCulture, $"summary:{writing}:{number}");

    private static Result<FundedSummary> ChangeOf(TurnInputs inputs, TurnHolds holds, ImmutableArray<FactEntry> facts, long epoch)
    {
        if (!holds.IsChanged)
            return new FundedSummary(null, null, null);
        var change = BudgetChanges.Of(inputs, holds.Ledger, facts, epoch);
        return change.IsRefused ? change.Refusal : new FundedSummary(change.Value, null, null);
    }
}

/// <summary>What became of a hold for a summary.</summary>
/// <param name="Change">The records to store; null: nothing has changed.</param>
/// <param name="GrantedMicroUsd">What is held, USD micro-units; null: nothing is.</param>
/// <param name="Refusal">Why no hold was taken; null: one was, or none was asked for.</param>
public sealed record FundedSummary(AgentChange? Change, long? GrantedMicroUsd, Refusal? Refusal);
