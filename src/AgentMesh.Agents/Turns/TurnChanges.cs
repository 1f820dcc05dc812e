using System.Collections.Immutable;
using System.Text;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Turns;

/// <summary>
/// The life of a turn after its message: each verb is safe to repeat. A run of the model is known by turn and attempt; when its lease is over
/// another attempt takes the turn, and what the earlier one still says is refused. What a run has set aside for a call of the model is settled with
/// its end, in full where nobody says what it has cost.
/// </summary>
public static partial class TurnChanges
{
    /// <summary>
    /// What is due: turns whose time is over end, runs that have not been heard of are run again, paused turns go on for which there is budget, waiting
    /// turns start.
    /// </summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="rules">What a turn may take.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<TurnStep> Advance(TurnInputs inputs, TurnRules rules, long epoch, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        var opened = Open(inputs);
        if (opened.IsRefused)
            return opened.Refusal;
        var writer = opened.Value;
        var runs = ImmutableArray.CreateBuilder<TurnRun>();
        foreach (var turn in writer.Turns.Open.Where(turn => turn.IsRunning))
        {
            if (turn.Deadline <= now)
                writer.End(turn, TurnRefusals.TurnTimedOut, now);
            else if (turn.LeaseUntil <= now && turn.Attempts >= rules.MaxAttempts)
                writer.End(turn, TurnRefusals.TurnFailed(turn.Attempts), now);
            else if (turn.LeaseUntil <= now)
                runs.Add(RunAgain(writer, turn, rules, now));
        }

        return Finish(writer, runs, rules, epoch, now);
    }

    /// <summary>A run says that it lives.</summary>
    /// <returns>The open turns after it; refused when the turn is not that run's (any more).</returns>
    public static Result<TurnTable> Renew(TurnTable? turns, TurnRun run, TurnRules rules, DateTimeOffset now) =>
        turns?.Find(run.Turn) is { IsRunning: true } turn && turn.Attempt == run.Attempt
            ? turns.Replace(turn with { LeaseUntil = now.WholeMilliseconds() + rules.Lease })
            : TurnRefusals.TurnLost;

    /// <summary>
    /// A run calls a tool. Refused when the turn is not that run's (any more), so that what one attempt has begun to do is never done by an
    /// earlier one after it.
    /// </summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="run">The run.</param>
    /// <param name="note">The call.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<TurnStep> Note(TurnInputs inputs, TurnRun run, ToolNote note, long epoch, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        var opened = Open(inputs, run);
        if (opened.IsRefused)
            return opened.Refusal;
        var (writer, turn) = opened.Value;
        writer.Note(note.ToFact(turn, now));
        return new TurnStep(writer.ToChange(epoch, now), []);
    }

    /// <summary>A run has the whole answer.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="place">The session of the turn.</param>
    /// <param name="run">The run.</param>
    /// <param name="text">The answer.</param>
    /// <param name="usage">What it took; null when the model did not say.</param>
    /// <param name="lastMicroUsd">What the last try of a call has cost; null: not known, or nothing is held for it.</param>
    /// <param name="rules">What a turn may take.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<TurnStep> Complete(
        TurnInputs inputs, AnswerPlace place, TurnRun run, string text, ModelUsage? usage, long? lastMicroUsd, TurnRules rules, long epoch, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        var opened = Open(inputs, run);
        if (opened.IsRefused)
            return opened.Refusal;
        var (writer, turn) = opened.Value;
        writer.Settle(turn, lastMicroUsd);
        if (text.Length == 0 || Encoding.UTF8.GetByteCount(text) > TurnLimits.AnswerBytes)
        {
            writer.End(turn, TurnRefusals.AnswerRefused, now);
        }
        else
        {
            if (writer.Enter(turn.Session, place.Session, place.OpenPage) is { } damaged)
                return damaged;
            writer.Append(MessageRole.Assistant, text, turn.Turn, now, usage);
            writer.Turns = writer.Turns.Without(turn);
        }

        return Finish(writer, ImmutableArray.CreateBuilder<TurnRun>(), rules, epoch, now);
    }

    /// <summary>A run has ended without an answer. When another may do better the turn is run again, else it ends.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="run">The run.</param>
    /// <param name="reason">Why, safe to show.</param>
    /// <param name="isTransient">Another run may do better.</param>
    /// <param name="lastMicroUsd">What the last try of a call has cost; null: not known, or nothing is held for it.</param>
    /// <param name="rules">What a turn may take.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<TurnStep> Fail(
        TurnInputs inputs, TurnRun run, Refusal reason, bool isTransient, long? lastMicroUsd, TurnRules rules, long epoch, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        var opened = Open(inputs, run);
        if (opened.IsRefused)
            return opened.Refusal;
        var (writer, turn) = opened.Value;
        writer.Settle(turn, lastMicroUsd);
        var runs = ImmutableArray.CreateBuilder<TurnRun>();
        if (isTransient && turn.Attempts < rules.MaxAttempts && now < turn.Deadline)
            runs.Add(RunAgain(writer, turn, rules, now));
        else
            writer.End(turn, reason, now);
        return Finish(writer, runs, rules, epoch, now);
    }

    /// <summary>Its owner ends a turn. One that is over stays as it is.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="turn">The turn's number.</param>
    /// <param name="rules">What a turn may take.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<TurnStep> Cancel(TurnInputs inputs, long turn, TurnRules rules, long epoch, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        var opened = Open(inputs);
        if (opened.IsRefused)
            return opened.Refusal;
        var writer = opened.Value;
        var open = writer.Turns.Find(turn);
        if (open is not null)
            writer.End(open, TurnRefusals.TurnCanceled, now);
        return Finish(writer, ImmutableArray.CreateBuilder<TurnRun>(), rules, epoch, now);
    }

    private static Result<ConversationWriter> Open(TurnInputs inputs) => ConversationWriter.Open(inputs.Head, inputs.OpenEvents, inputs.Turns, inputs.Funds);

    private static Result<(ConversationWriter Writer, OpenTurn Turn)> Open(TurnInputs inputs, TurnRun run)
    {
        var opened = Open(inputs);
        if (opened.IsRefused)
            return opened.Refusal;
        return opened.Value.Turns.Find(run.Turn) is { IsRunning: true } turn && turn.Attempt == run.Attempt ? (opened.Value, turn) : TurnRefusals.TurnLost;
    }

    // What the run before it has open is given up: it may have cost all of it.
    private static TurnRun RunAgain(ConversationWriter writer, OpenTurn turn, TurnRules rules, DateTimeOffset now)
    {
        writer.Settle(turn, null);
        writer.Turns = writer.Turns.Replace(turn.RunAgain(rules, now));
        return new TurnRun(turn.Turn, turn.Attempt + 1);
    }

    private static TurnStep Finish(ConversationWriter writer, ImmutableArray<TurnRun>.Builder runs, TurnRules rules, long epoch, DateTimeOffset now)
    {
        ResumePaused(writer, runs, rules, now);
        (writer.Turns, var started) = writer.Turns.StartWaiting(rules, now);
        runs.AddRange(started);
        var change = writer.ToChange(epoch, now);
        var isChanged = change is not { Turns: null, Events: [], Ledger: null } || change.Head.NextResume != writer.Head.NextResume;
        return new TurnStep(isChanged ? change : null, runs.ToImmutable());
    }
}
