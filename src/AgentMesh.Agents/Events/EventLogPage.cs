using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Events;

/// <summary>
/// A run of the event log. State key <c>events:{n}</c>: page <c>n</c> has the seqs from 64(n-1)+1 to 64n, so the page of a seq is known without
/// looking. Messages are pointers: their text stands in <see cref="MessagePage"/> only.
/// </summary>
/// <param name="First">The seq of its first entry; above 64(n-1)+1 in an agent older than its log.</param>
/// <param name="Entries">The entries, see <see cref="EventEntry"/>.</param>
public sealed record EventLogPage(long First, PackedEntries Entries)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.EventLogPage;

    /// <summary>The page a seq is in.</summary>
    public static int NumberOf(long seq) => (int)((seq - 1) / EventLimits.PageEvents) + 1;

    /// <summary>The first seq of a page.</summary>
    public static long FirstSeq(int n) => (long)(n - 1) * EventLimits.PageEvents + 1;

    /// <summary>The number of the page that the next event goes to and that has entries already; null when it will be a new one.</summary>
    public static int? OpenNumber(AgentHead head) =>
        head.LastSeq >= head.EventsFrom && head.LastSeq % EventLimits.PageEvents != 0 ? NumberOf(head.LastSeq) : null;

    /// <summary>The entries up to a seq, or the reason to quarantine the agent. Entries beyond the head are of a transaction whose head was never stored.</summary>
    /// <param name="head">The head.</param>
    /// <param name="n">The page's number.</param>
    /// <param name="page">What is stored there; null when nothing is.</param>
    public static Result<ImmutableArray<EventEntry>> Read(AgentHead head, int n, EventLogPage? page)
    {
        var whole = Whole(head, n, page);
        if (whole.IsRefused)
            return whole.Refusal;
        var entries = ImmutableArray.CreateBuilder<EventEntry>();
        for (var rest = page!.Entries.Bytes[..whole.Value]; !rest.IsEmpty;)
            entries.Add(EventEntry.Take(ref rest)!);
        return entries.ToImmutable();
    }

    /// <summary>How many bytes of a page the head knows of, counted without reading them; or the reason to quarantine the agent.</summary>
    internal static Result<int> Whole(AgentHead head, int n, EventLogPage? page)
    {
        if (page is null)
            return ConversationRefusals.AgentQuarantined($"page {n} of the events is missing");
        var first = Math.Max(FirstSeq(n), head.EventsFrom);
        var left = (int)(Math.Min(head.LastSeq, FirstSeq(n + 1) - 1) - first + 1);
        var bytes = 0;
        while (left > 0 && page.First == first && EventEntry.LengthOf(page.Entries.Bytes[bytes..]) is > 0 and var length)
            (left, bytes) = (left - 1, bytes + length);
        return left == 0 ? bytes : ConversationRefusals.AgentQuarantined($"page {n} of the events is not whole");
    }
}

/// <summary>A page to store.</summary>
/// <param name="N">Its number.</param>
/// <param name="Page">Its content.</param>
public readonly record struct NumberedEvents(int N, EventLogPage Page);
