using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Events;

/// <summary>Loads records of an agent, as stored; null when they are not there.</summary>
public interface IAgentReader
{
    /// <summary>A page of events.</summary>
    ValueTask<EventLogPage?> LoadEventsAsync(int n, CancellationToken cancellationToken);

    /// <summary>A page of messages.</summary>
    ValueTask<MessagePage?> LoadPageAsync(string session, int n, CancellationToken cancellationToken);

    /// <summary>The record of a session beside the default one.</summary>
    ValueTask<SessionRecord?> LoadSessionAsync(string id, CancellationToken cancellationToken);
}

/// <summary>An event with what it points to.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Entry">What is stored of it.</param>
/// <param name="Message">The message of a message's entry; null when its session has been deleted.</param>
public sealed record LoggedEvent(long Seq, EventEntry Entry, StoredMessage? Message);

/// <summary>A part of the log.</summary>
/// <param name="Events">By rising seq, without gaps.</param>
/// <param name="First">The first seq that can be read.</param>
/// <param name="Last">The last seq.</param>
public sealed record EventSlice(ImmutableArray<LoggedEvent> Events, long First, long Last)
{
    /// <summary>Of an agent never written to.</summary>
    public static EventSlice Empty { get; } = new([], 1, 0);
}

/// <summary>Reading the event log forwards. The page of a seq is known, so reading costs the pages that are shown.</summary>
public sealed class EventReader
{
    private readonly AgentHead _head;
    private readonly IAgentReader _reader;
    private readonly Dictionary<(string Session, int N), MessagePage> _pages = [];
    private readonly HashSet<string> _deleted = [];

    /// <summary>Reads the log of an agent.</summary>
    /// <param name="head">Its head.</param>
    /// <param name="reader">Its records.</param>
    public EventReader(AgentHead head, IAgentReader reader) => (_head, _reader) = (head, reader);

    /// <summary>Reads a part of the log.</summary>
    /// <param name="after">Only events with a greater seq.</param>
    /// <param name="limit">1-1000.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public async ValueTask<Result<EventSlice>> ReadAsync(long after, int limit, CancellationToken cancellationToken)
    {
        if (StoredConversation.CheckHead(_head) is { } damaged)
            return damaged;
        if (limit is < 1 or > EventLimits.ReadEvents)
            return EventRefusals.InvalidLimit;
        var events = ImmutableArray.CreateBuilder<LoggedEvent>();
        var bytes = 0;
        for (var seq = Math.Max(after + 1, _head.EventsFrom); seq <= _head.LastSeq && events.Count < limit && bytes < EventLimits.ReadBytes;)
        {
            var entries = await LoadAsync(EventLogPage.NumberOf(seq), cancellationToken);
            if (entries.IsRefused)
                return entries.Refusal;
            for (var at = (int)(seq - entries.Value.First); at < entries.Value.Entries.Length && events.Count < limit; at++, seq++)
            {
                var message = await ResolveAsync(seq, entries.Value.Entries[at], cancellationToken);
                if (message.IsRefused)
                    return message.Refusal;
                events.Add(message.Value);
                bytes += message.Value.Message?.EncodedBytes() ?? (message.Value.Entry as FactEntry)?.Data.Length ?? 0;
                if (bytes >= EventLimits.ReadBytes)
                    break;
            }
        }

        return new EventSlice(events.ToImmutable(), _head.EventsFrom, _head.LastSeq);
    }

    /// <summary>How a turn that is not open ended: its answer or its error.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    /// <returns>The user's message and the end; refused when there is no such turn.</returns>
    public async ValueTask<Result<EndedTurn>> FindEndAsync(long turn, CancellationToken cancellationToken)
    {
        if (StoredConversation.CheckHead(_head) is { } damaged)
            return damaged;
        if (turn < _head.EventsFrom || turn > _head.LastSeq)
            return TurnRefusals.TurnNotFound;
        LoggedEvent? user = null;
        for (var n = EventLogPage.NumberOf(turn); n <= EventLogPage.NumberOf(_head.LastSeq); n++)
        {
            var page = await LoadAsync(n, cancellationToken);
            if (page.IsRefused)
                return page.Refusal;
            for (var at = (int)Math.Max(0, turn - page.Value.First); at < page.Value.Entries.Length; at++)
            {
                var seq = page.Value.First + at;
                var entry = page.Value.Entries[at];
                if (seq == turn && entry is not UserMessageEntry)
                    return TurnRefusals.TurnNotFound;
                if (seq != turn && TurnOf(entry) != turn)
                    continue;
                var resolved = await ResolveAsync(seq, entry, cancellationToken);
                if (resolved.IsRefused)
                    return resolved.Refusal;
                if (user is not null)
                    return new EndedTurn(user, resolved.Value);
                user = resolved.Value;
                // Its session has been deleted, and with it the turn.
                if (user.Message is null)
                    return TurnRefusals.TurnNotFound;
            }
        }

        return ConversationRefusals.AgentQuarantined($"turn {turn} has no end");
    }

    private static long? TurnOf(EventEntry entry) => entry switch
    {
        AssistantMessageEntry message => message.Turn,
        ErrorEntry error => error.Turn,
        _ => null,
    };

    private async ValueTask<Result<(long First, ImmutableArray<EventEntry> Entries)>> LoadAsync(int n, CancellationToken cancellationToken)
    {
        var entries = EventLogPage.Read(_head, n, await _reader.LoadEventsAsync(n, cancellationToken));
        return entries.IsRefused ? entries.Refusal : (Math.Max(EventLogPage.FirstSeq(n), _head.EventsFrom), entries.Value);
    }

    private async ValueTask<Result<LoggedEvent>> ResolveAsync(long seq, EventEntry entry, CancellationToken cancellationToken)
    {
        var n = entry switch
        {
            UserMessageEntry user => user.Page,
            AssistantMessageEntry assistant => assistant.Page,
            _ => 0,
        };
        if (n == 0 || _deleted.Contains(entry.Session))
            return new LoggedEvent(seq, entry, null);
        if (!_pages.TryGetValue((entry.Session, n), out var page) && await _reader.LoadPageAsync(entry.Session, n, cancellationToken) is { } stored)
            _pages[(entry.Session, n)] = page = stored;
        if (page?.Find(seq) is { } message)
            return new LoggedEvent(seq, entry, message);
        if (entry.Session == SessionNames.Default || await _reader.LoadSessionAsync(entry.Session, cancellationToken) is { IsDeleted: false })
            return ConversationRefusals.AgentQuarantined($"the message with seq {seq} is not in page {n}");
        _deleted.Add(entry.Session);
        return new LoggedEvent(seq, entry, null);
    }
}

/// <summary>A turn that is over.</summary>
/// <param name="User">The user's message.</param>
/// <param name="End">The assistant's message or the error.</param>
public sealed record EndedTurn(LoggedEvent User, LoggedEvent End);
