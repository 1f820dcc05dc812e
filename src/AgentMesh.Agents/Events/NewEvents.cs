using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;

namespace AgentMesh.Agents.Events;

/// <summary>What a change adds to the event log, out of the change itself: nothing has to be read for it.</summary>
public static class NewEvents
{
    /// <summary>The new events, as <see cref="EventReader"/> would read them after the commit.</summary>
    /// <param name="before">The head before the change.</param>
    /// <param name="change">The change.</param>
    /// <returns>Empty when there are none, or when the change does not have all of them: then they have to be read.</returns>
    public static ImmutableArray<LoggedEvent> Of(AgentHead before, AgentChange change)
    {
        var from = before.LastSeq + 1;
        var count = (int)(change.Head.LastSeq - before.LastSeq);
        if (count <= 0)
            return [];
        var events = ImmutableArray.CreateBuilder<LoggedEvent>(count);
        foreach (var (_, page) in change.Events)
        {
            var seq = page.First;
            for (ReadOnlySpan<byte> rest = page.Entries.Bytes; !rest.IsEmpty; seq++)
            {
                if (seq < from)
                {
                    rest = rest[EventEntry.LengthOf(rest)..];
                    continue;
                }

                var entry = EventEntry.Take(ref rest);
                var isMessage = entry is UserMessageEntry or AssistantMessageEntry;
                var message = isMessage ? Find(change.Pages, seq) : null;
                if (entry is null || isMessage && message is null)
                    return [];
                events.Add(new LoggedEvent(seq, entry, message));
            }
        }

        return events.Count == count ? events.MoveToImmutable() : [];
    }

    private static StoredMessage? Find(ImmutableArray<NumberedPage> pages, long seq)
    {
        // New messages are the last ones.
        for (var n = pages.Length - 1; n >= 0; n--)
        {
            if (pages[n].Page.Find(seq) is { } message)
                return message;
        }

        return null;
    }
}
