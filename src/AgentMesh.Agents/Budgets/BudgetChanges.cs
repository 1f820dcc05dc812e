using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Budgets;

/// <summary>Makes changes of the ledger alone ready to be stored.</summary>
public static class BudgetChanges
{
    /// <summary>A ledger to store, with what the event log is to have of it.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="ledger">The ledger after the change.</param>
    /// <param name="facts">Of the step that led to it.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    public static Result<AgentChange> Of(TurnInputs inputs, Ledger ledger, ImmutableArray<FactEntry> facts, long epoch)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(ledger);
        if (StoredConversation.CheckHead(inputs.Head) is { } damaged)
            return damaged;
        var opened = EventWriter.Open(inputs.Head, inputs.OpenEvents);
        if (opened.IsRefused)
            return opened.Refusal;
        var events = opened.Value;
        foreach (var fact in facts)
            events.Append(fact);
        return new AgentChange(events.Head with { Epoch = epoch })
        {
            Events = events.ToStore(),
            TrimmedEvents = events.Trimmed,
            Ledger = ledger,
        };
    }

    /// <summary>What time alone has changed: holds that have expired are over.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="ledger">The ledger as stored.</param>
    /// <param name="rules">How budgets are set up.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time as budgets see it, which may be behind that of reminders.</param>
    public static Result<ExpiredHolds> Expire(TurnInputs inputs, Ledger ledger, BudgetRules rules, long epoch, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(ledger);
        if (ledger.NextDue is null)
            return ConversationRefusals.AgentQuarantined("the head knows of a hold that is not there");
        if (ledger.NextDue > now.WholeMilliseconds())
            return new ExpiredHolds(null);
        var after = ledger.Advance(rules, now);
        var change = Of(inputs, after, LedgerFacts.OfPayments(ledger, after), epoch);
        return change.IsRefused ? change.Refusal : new ExpiredHolds(change.Value);
    }
}

/// <summary>What time alone has changed.</summary>
/// <param name="Change">What to store; null: nothing.</param>
public sealed record ExpiredHolds(AgentChange? Change);
