using AgentMesh.Agents.Events;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Conversation;

/// <summary>Gathers what one turn of the agent writes, so that messages, events, counters and open turns never disagree.</summary>
internal sealed class ConversationWriter
{
    private readonly EventWriter _events;
    private readonly TurnTable _turnsBefore;
    private PageWriter? _pages;
    private SessionRecord? _session;
    private string _sessionId = SessionNames.Default;

    private ConversationWriter(AgentHead head, EventWriter events, TurnTable turns, TurnFunds? funds)
    {
        (Head, _events, _turnsBefore, Turns) = (head, events, turns, turns);
        Holds = funds is null ? null : new TurnHolds(funds, Note);
    }

    /// <summary>The head so far, without the events' numbers.</summary>
    internal AgentHead Head { get; set; }

    /// <summary>The turns that are not over.</summary>
    internal TurnTable Turns { get; set; }

    /// <summary>The holds of turns; null when the ledger was not needed.</summary>
    internal TurnHolds? Holds { get; }

    /// <summary>Starts where the head ends.</summary>
    /// <param name="head">The head.</param>
    /// <param name="openEvents">The open page of events, as stored.</param>
    /// <param name="turns">The open turns, as stored; null when nothing is.</param>
    /// <param name="funds">The agent's money; null when no turn has to do with it.</param>
    internal static Result<ConversationWriter> Open(AgentHead head, EventLogPage? openEvents, TurnTable? turns, TurnFunds? funds)
    {
        if (StoredConversation.CheckHead(head) is { } damaged)
            return damaged;
        // What lies beyond the head is of a transaction whose head was never stored.
        turns = head.OpenTurns == 0 || turns is null ? TurnTable.Empty : turns with { Open = turns.Open.RemoveAll(turn => turn.Turn > head.LastSeq) };
        if (turns.Open.Length != head.OpenTurns)
            return ConversationRefusals.AgentQuarantined($"{turns.Open.Length} turns of {head.OpenTurns} are there");
        var events = EventWriter.Open(head, openEvents);
        return events.IsRefused ? events.Refusal : new ConversationWriter(head, events.Value, turns, funds);
    }

    /// <summary>Makes ready for messages in a session.</summary>
    /// <param name="sessionId">Its id.</param>
    /// <param name="session">Its record; null for the default one.</param>
    /// <param name="openPage">Its open page, as stored.</param>
    /// <returns>The reason to quarantine the agent; null when there is none.</returns>
    internal Refusal? Enter(string sessionId, SessionRecord? session, MessagePage? openPage)
    {
        var opened = StoredConversation.Open(Head, session, openPage);
        if (opened.IsRefused)
            return opened.Refusal;
        (_sessionId, _session, _pages) = (sessionId, session, new PageWriter(session?.Page ?? Head.Page, opened.Value));
        return null;
    }

    /// <summary>Appends a message to the entered session.</summary>
    /// <param name="role">Who said it.</param>
    /// <param name="content">The text.</param>
    /// <param name="turn">The turn it ends; null: it begins one, whose number is its own seq.</param>
    /// <param name="now">The time.</param>
    /// <param name="usage">What a model took for it.</param>
    /// <returns>The message and its page.</returns>
    internal (StoredMessage Message, int Page) Append(
        MessageRole role, string content, long? turn, DateTimeOffset now, ModelUsage? usage = null)
    {
        var pages = _pages ?? throw new InvalidOperationException("No session was entered.");
        var seq = _events.Head.LastSeq + 1;
        var message = new StoredMessage(seq, role, content, now, turn ?? seq, Head.MessageCount + 1);
#if PLANTED_BUGS
        if (PlantedBugs.Is("sequence_reuse") && role == MessageRole.User && Head.MessageCount % 8 == 6)
            message = message with { Seq = seq - 1 };
#endif
        var bytes = pages.Append(message);
        var page = pages.Open.N;
        _events.Append(role == MessageRole.User
            ? new UserMessageEntry(_sessionId, page)
            : new AssistantMessageEntry(_sessionId, page, message.Turn, usage));
        Head = Head with { MessageCount = message.Count, Turn = Math.Max(Head.Turn, message.Turn), StoredBytes = Head.StoredBytes + bytes };
        if (_session is null)
            Head = Head with { Page = pages.Open };
        else
        {
            _session = _session with
            {
                LastActive = now,
                Page = pages.Open,
                MessageCount = _session.MessageCount + 1,
                LastSeq = seq,
                StoredBytes = _session.StoredBytes + bytes,
            };
        }

        return (message, page);
    }

    /// <summary>Appends what is no message.</summary>
    internal void Note(FactEntry fact) => _events.Append(fact);

    /// <summary>Settles what a run of a turn has open.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="lastMicroUsd">What its last try has cost; null: not known, so that all that is held for it counts.</param>
    /// <returns>What counts, USD micro-units.</returns>
    internal long Settle(OpenTurn turn, long? lastMicroUsd) => turn.Call == 0
        ? 0
        : (Holds ?? throw new InvalidOperationException("A turn has a hold, and the ledger was not loaded.")).Settle(turn.HoldId, lastMicroUsd);

    /// <summary>Ends a turn without an answer. What it has open counts in full.</summary>
    internal void End(OpenTurn turn, Refusal reason, DateTimeOffset now)
    {
        Settle(turn, null);
        _events.Append(new ErrorEntry(turn.Session, turn.Turn, now, reason.Code, Utf8Text.Cut(reason.Detail, EventLimits.DetailBytes)));
        Turns = Turns.Without(turn);
    }

    /// <summary>The records to store.</summary>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time, in whole milliseconds.</param>
    internal AgentChange ToChange(long epoch, DateTimeOffset now)
    {
        var paused = Turns.Paused;
        var head = Head with
        {
            Epoch = epoch,
            LastActive = now,
            LastSeq = _events.Head.LastSeq,
            EventsFrom = _events.Head.EventsFrom,
            OpenTurns = Turns.Open.Length,
            PausedTurns = paused,
            // A look that is due sooner is kept: who sets it has made room, and only who looks takes it back.
            NextResume = paused == 0 ? null : AgentHead.Earlier(Head.NextResume, Turns.NextResume),
        };
        return new AgentChange(head)
        {
            SessionId = _sessionId,
            Pages = _pages?.ToStore() ?? [],
            Session = _session,
            Events = _events.ToStore(),
            TrimmedEvents = _events.Trimmed,
            Turns = Turns == _turnsBefore ? null : Turns,
            Ledger = Holds is { IsChanged: true } ? Holds.Ledger : null,
        };
    }
}
