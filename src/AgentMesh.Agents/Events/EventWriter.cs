using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Events;

/// <summary>Numbers events and puts them on pages, for one transaction.</summary>
internal sealed class EventWriter
{
    private readonly List<NumberedEvents> _pages = [];
    private readonly List<int> _trimmed = [];
    private readonly List<byte> _entries;
    private long _first;
    private bool _changed;

    private EventWriter(AgentHead head, long first, List<byte> entries) => (Head, _first, _entries) = (head, first, entries);

    /// <summary>The head with what was appended counted in.</summary>
    internal AgentHead Head { get; private set; }

    /// <summary>The pages that have become too old: as many as have begun, at most.</summary>
    internal ImmutableArray<int> Trimmed => [.. _trimmed];

    /// <summary>Starts where the head ends.</summary>
    /// <param name="head">The head.</param>
    /// <param name="open">What is stored under <see cref="EventLogPage.OpenNumber"/>; not looked at when that is null.</param>
    internal static Result<EventWriter> Open(AgentHead head, EventLogPage? open)
    {
        if (EventLogPage.OpenNumber(head) is not { } n)
            return new EventWriter(head, head.LastSeq + 1, []);
        var whole = EventLogPage.Whole(head, n, open);
        return whole.IsRefused
            ? whole.Refusal
            : new EventWriter(head, Math.Max(EventLogPage.FirstSeq(n), head.EventsFrom), [.. open!.Entries.Bytes[..whole.Value]]);
    }

    /// <summary>Appends an event.</summary>
    /// <returns>Its seq.</returns>
    internal long Append(EventEntry entry)
    {
        var seq = Head.LastSeq + 1;
        if (_entries.Count > 0 && EventLogPage.NumberOf(seq) != EventLogPage.NumberOf(_first))
        {
            ClosePage();
            _first = seq;
        }

        _entries.AddRange(entry.ToBytes());
        _changed = true;
        Head = Head with { LastSeq = seq };
        // One page out for one page in.
        if (EventLogPage.NumberOf(seq) - EventLimits.Pages is > 0 and var old && Head.EventsFrom < EventLogPage.FirstSeq(old + 1))
        {
            _trimmed.Add(old);
            Head = Head with { EventsFrom = EventLogPage.FirstSeq(old + 1) };
        }

        return seq;
    }

    /// <summary>The pages that were written to.</summary>
    internal ImmutableArray<NumberedEvents> ToStore()
    {
        ClosePage();
        return [.. _pages];
    }

    private void ClosePage()
    {
        if (_changed)
            _pages.Add(new NumberedEvents(EventLogPage.NumberOf(_first), new EventLogPage(_first, new PackedEntries([.. _entries]))));
        _entries.Clear();
        _changed = false;
    }
}
