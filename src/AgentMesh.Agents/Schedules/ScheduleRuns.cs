using System.Collections.Immutable;
using System.Globalization;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Schedules;

/// <summary>
/// Running what is due. The message and the schedule's move to its next occurrence are one transaction, and the occurrence is the message's
/// request id: whatever ticks how often, and wherever a process dies, an occurrence is one message or none.
/// </summary>
public static class ScheduleRuns
{
    /// <summary>The message of a schedule's occurrence.</summary>
    public static PostRequest RequestOf(StoredSchedule schedule) => PostRequest.Create(
        schedule.Content, schedule.Session, string.Create(CultureInfo.InvariantCulture, $"schedule:{schedule.Id}:{schedule.NextRun?.ToUnixTimeMilliseconds()}"), null) with
    {
        Tool = schedule.Tool,
        Schedule = schedule.Id,
    };

    /// <summary>Runs the occurrence that a schedule waits for.</summary>
    /// <param name="inputs">The agent's records, as for the message.</param>
    /// <param name="table">Its schedules.</param>
    /// <param name="schedule">The schedule; its time has come.</param>
    /// <param name="rules">How the agent is set up.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    /// <returns>What to store; without a change the occurrence stays due. Refused when the agent's records are damaged.</returns>
    public static Result<TurnStep> Run(
        PostInputs inputs, ScheduleTable table, StoredSchedule schedule, PostRules rules, long epoch, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        if (schedule.NextRun is not { } target || target > now)
            throw new ArgumentException("The schedule is not due.", nameof(schedule));
        var due = schedule.Timing.Due(target, now);
        var moved = schedule with { NextRun = due.Next };
        var unchanged = new AgentChange(inputs.Head with { Epoch = epoch });
        if (!due.Runs)
            return Note(ScheduleFacts.Skipped(schedule, now));

        // Its owner allowed each of these messages when the schedule was made; the limit is for those that come unasked.
        var outcome = MessagePosting.Post(inputs, RequestOf(schedule), rules with { Rate = null }, epoch, now);
        switch (outcome.Value)
        {
            case StoredPost stored:
                moved = moved with { LastRun = now, Runs = schedule.Runs + 1 };
                return Move(stored.Change with { Head = stored.Change.Head with { Accepted = inputs.Head.Accepted } }, stored.Runs);
            case RepeatedPost:
                // Half of a transaction: the message is there, the move is not.
                return Move(unchanged, []);
            case PausedPost:
                // It runs when there is budget again, as one that has waited for room does.
                return new TurnStep(null, []);
            default:
                return Refused(outcome.Refusal!);
        }

        Result<TurnStep> Refused(Refusal refusal)
        {
            if (refusal.Code == TurnRefusals.TooManyTurns.Code)
                return new TurnStep(null, []);
            // Of the agent, and not of this message.
            if (StoredConversation.CheckHead(inputs.Head) is not null || refusal.Code == ConversationRefusals.AgentQuarantined("").Code)
                return refusal;
            moved = schedule with { NextRun = null, Failure = new ScheduleFailure(refusal.Code, refusal.Detail) };
            return Note(ScheduleFacts.Failed(schedule, refusal, now));
        }

        Result<TurnStep> Note(FactEntry fact)
        {
            var opened = ConversationWriter.Open(inputs.Head, inputs.OpenEvents, inputs.Turns, inputs.Funds);
            if (opened.IsRefused)
                return opened.Refusal;
            opened.Value.Note(fact);
            return Move(opened.Value.ToChange(epoch, now), []);
        }

        TurnStep Move(AgentChange change, ImmutableArray<TurnRun> runs)
        {
            var after = table.Replace(moved);
            return new TurnStep(change with { Schedules = after, Head = change.Head with { NextSchedule = after.Next() } }, runs);
        }
    }
}
