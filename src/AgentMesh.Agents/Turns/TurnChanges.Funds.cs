using System.Collections.Immutable;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.State;
using AgentMesh.Agents.TenantBudgets;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Turns;

/// <summary>Turns and money: a hold for each try of a call of the model, a pause when there is none, and its end.</summary>
public static partial class TurnChanges
{
    /// <summary>
    /// A run is about to call the model: what the try before has cost is settled, and a hold taken for this one. Where the budget has not enough, the
    /// turn is paused and the run is over.
    /// </summary>
    /// <param name="inputs">The agent's records, its money included.</param>
    /// <param name="run">The run.</param>
    /// <param name="call">The try.</param>
    /// <param name="rules">What a turn may take.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<FundedCall> HoldCall(TurnInputs inputs, TurnRun run, CallFunding call, TurnRules rules, long epoch, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(inputs.Funds);
        now = now.WholeMilliseconds();
        var opened = Open(inputs);
        if (opened.IsRefused)
            return opened.Refusal;
        var writer = opened.Value;
        if (writer.Turns.Find(run.Turn) is not { } turn || turn.Attempt != run.Attempt)
            return TurnRefusals.TurnLost;
        if (turn.Pause is not null || turn.Call == call.Number)
            return Repeat(writer, turn);
        if (call.Number != turn.Call + 1)
            return TurnRefusals.TurnLost;

        var spent = turn.SpentMicroUsd + writer.Settle(turn, call.LastMicroUsd);
        var next = turn with { Call = call.Number, SpentMicroUsd = spent };
        var taken = writer.Holds!.Take(next, call);
        // Another's money does not come back: nothing is to be waited for.
        if (taken.Refusal is { } spentUp && writer.Holds.Ledger.GrantOf(TurnId.Of(turn.Turn), BudgetAssets.Usd) is not null)
        {
            writer.End(next with { Call = 0 }, spentUp, now);
            return new FundedCall(Finish(writer, ImmutableArray.CreateBuilder<TurnRun>(), rules, epoch, now), null, null);
        }

        if (taken.Refusal is { } refusal)
            next = Pause(writer, turn, refusal, spent + call.LeastMicroUsd, now);
        writer.Turns = writer.Turns.Replace(next);
        return new FundedCall(Finish(writer, ImmutableArray.CreateBuilder<TurnRun>(), rules, epoch, now), taken.IsRefused ? null : taken.Value, next.Pause);
    }

    /// <summary>Its owner wants a paused turn to go on. One that is not paused stays as it is.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="turn">The turn's number.</param>
    /// <param name="rules">What a turn may take.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    /// <returns>The turn may be paused still: there is not enough for it.</returns>
    public static Result<TurnStep> Resume(TurnInputs inputs, long turn, TurnRules rules, long epoch, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        var opened = Open(inputs);
        if (opened.IsRefused)
            return opened.Refusal;
        var writer = opened.Value;
        // As if it was time to look at it: why it is paused may be another reason by now.
        if (writer.Turns.Find(turn) is { Pause: { } pause } paused)
            writer.Turns = writer.Turns.Replace(paused with { Pause = pause with { TryAt = now } });
        return Finish(writer, ImmutableArray.CreateBuilder<TurnRun>(), rules, epoch, now);
    }

    /// <summary>The run was told before, and the answer was lost.</summary>
    private static Result<FundedCall> Repeat(ConversationWriter writer, OpenTurn turn)
    {
        var nothing = new TurnStep(null, []);
        if (turn.Pause is { } pause)
            return new FundedCall(nothing, null, pause);
        return writer.Holds!.Ledger.Find(turn.HoldId) is { IsOpen: true } hold ? new FundedCall(nothing, (long)hold.Amount, null) : TurnRefusals.TurnLost;
    }

    private static OpenTurn Pause(ConversationWriter writer, OpenTurn turn, Refusal refusal, long needed, DateTimeOffset now)
    {
        var paused = turn with { Call = 0, SpentMicroUsd = 0, Pause = TurnPause.Of(now, refusal, needed, now) };
        writer.Note(paused.Pause.ToFact(paused, now));
        return paused;
    }

    /// <summary>Lets paused turns go on, the oldest first, as far as there is what they need.</summary>
    private static void ResumePaused(ConversationWriter writer, ImmutableArray<TurnRun>.Builder runs, TurnRules rules, DateTimeOffset now)
    {
        if (writer.Holds is not { } holds)
            return;
        writer.Head = writer.Head with { NextResume = null };
        // What a tenant has is not known here: those that wait for it ask again in their time.
        var paused = writer.Turns.Open.Where(turn => turn.Pause is { } pause && !(pause.Scope == TenantLedger.Scope && pause.TryAt > now));
        foreach (var (turn, refusal) in holds.Try(paused))
        {
            if (refusal is null)
            {
                var resumed = turn.Resume(rules, now);
                writer.Turns = writer.Turns.Replace(resumed);
                writer.Note(FactEntry.Of(turn.Session, now, FactTypes.TurnResumed, ("turn", TurnId.Of(turn.Turn)), ("attempt", resumed.Attempt)));
                runs.Add(new TurnRun(resumed.Turn, resumed.Attempt));
            }
            else if (turn.Pause is { } pause && (pause.TryAt <= now || pause.TryAt is null && refusal is not BudgetRefusal))
            {
                writer.Turns = writer.Turns.Replace(turn with { Pause = TurnPause.Of(pause.At, refusal, pause.NeededMicroUsd, now) });
            }
        }
    }
}
