using AgentMesh.ActorHost.Publishing;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>
/// Domain events. What is committed is handed to the publisher of the process; how far it has come is soft state, stored by the flush reminder, with the
/// leaving of memory, and in the transaction that begins a page of events. The reminder is registered before the first commit, so whatever becomes of the
/// process, the agent is woken and goes on from what is stored.
/// </summary>
internal sealed partial class AgentActor
{
    /// <summary>Events of one reading of the log for the publisher.</summary>
    private const int EventsAtOnce = 500;

    /// <summary>Null while this activation does not know how far its events are published.</summary>
    private AgentFeed? _feed;

    /// <summary>This activation has events of which it is not stored that they are published.</summary>
    private bool HasUnstoredEvents => _services.Events.IsEnabled && _feed is { } feed && _records.Known is { } head && feed.Stored < head.LastSeq;

    public Task<Reply<EventsHanded>> HandEvents(CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head || !_services.Events.IsEnabled)
            return new Reply<EventsHanded>(new EventsHanded(0, 0), null);
        var feed = await OpenFeedAsync(head, cancellationToken);
        return await HandEventsAsync(head, feed, cancellationToken) is { } refusal
            ? Refused<EventsHanded>(refusal)
            : new Reply<EventsHanded>(new EventsHanded(feed.Handed, head.LastSeq), null);
    });

    /// <summary>Before a commit: events that nobody would publish must not exist.</summary>
    /// <returns>The change, with how far events are published in the transactions that begin a page of them: a crash repeats about so many, not those of minutes.</returns>
    private async Task<AgentChange> WithEventsAsync(AgentHead before, AgentChange change, CancellationToken cancellationToken)
    {
        if (!_services.Events.IsEnabled || change.Head.LastSeq <= before.LastSeq)
            return change;
        await FlushSoonAsync();
        var feed = await OpenFeedAsync(before, cancellationToken);
        return EventLogPage.NumberOf(change.Head.LastSeq) != EventLogPage.NumberOf(before.LastSeq) && feed.Published > feed.Stored
            ? change with { Published = new PublishedRecord(feed.Generation, feed.Published) }
            : change;
    }

    /// <summary>After a commit.</summary>
    private void HandEvents(AgentHead before, AgentChange change)
    {
        if (_feed is not { } feed || !_services.Events.IsEnabled)
            return;
        feed.Stored = change.Published?.Seq ?? feed.Stored;
        _services.Events.Take(feed, NewEvents.Of(before, change));
    }

    /// <summary>Hands over what only the log has.</summary>
    private async Task<Refusal?> HandEventsAsync(AgentHead head, AgentFeed feed, CancellationToken cancellationToken)
    {
        if (feed.Handed >= head.LastSeq)
            return null;
        var slice = await _records.ReadLog(head).ReadAsync(feed.Handed, EventsAtOnce, cancellationToken);
        if (!slice.IsRefused)
            _services.Events.Take(feed, slice.Value);
        return slice.Refusal;
    }

    private async Task<AgentFeed> OpenFeedAsync(AgentHead head, CancellationToken cancellationToken)
    {
        if (_feed is { } known && known.Generation == head.CreatedAt)
            return known;
        // Nothing is stored of an agent that has just begun.
        var stored = head.LastSeq == 0 ? null : await _records.LoadPublishedAsync(cancellationToken);
        return _feed = new AgentFeed(Id.GetId(), head.CreatedAt, PublishedRecord.SeqOf(stored, head));
    }

    /// <summary>Stores how far events are published, and hands over what is left.</summary>
    /// <returns>True: every event is published, and this is stored.</returns>
    private async Task<bool> StorePublishedAsync()
    {
        var isDone = true;
        if (!_services.Events.IsEnabled)
            return isDone;
        var refusal = await WorkAsync(async () =>
        {
            if (await _records.LoadHeadAsync(null, CancellationToken.None) is not { IsErasing: false } head)
                return null;
            var feed = await OpenFeedAsync(head, CancellationToken.None);
            if (feed.Published > feed.Stored)
            {
                var published = new PublishedRecord(feed.Generation, feed.Published);
                await _records.StoreAsync(published, CancellationToken.None);
                feed.Stored = published.Seq;
            }

            isDone = feed.Stored >= head.LastSeq;
            return await HandEventsAsync(head, feed, CancellationToken.None);
        });
        // A damaged agent is not woken for ever.
        return isDone || refusal is not null;
    }
}
