using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Schedules;

/// <summary>
/// An agent's schedules, in the order they were made. State key <c>schedules</c>; not there while there are none. The head knows when the next
/// one is due, so that an agent without schedules neither reads nor writes it.
/// </summary>
/// <param name="All">The schedules.</param>
public sealed record ScheduleTable(ImmutableArray<StoredSchedule> All)
{
    /// <summary>No schedule.</summary>
    public static ScheduleTable Empty { get; } = new(ImmutableArray<StoredSchedule>.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.ScheduleTable;

    /// <summary>The schedule of that id; null when there is none.</summary>
    public StoredSchedule? Find(string id) => All.FirstOrDefault(schedule => schedule.Id == id);

    /// <summary>The schedule whose occurrence is the longest due; null when none is.</summary>
    public StoredSchedule? FirstDue(DateTimeOffset now) => All.Where(schedule => schedule.NextRun <= now).MinBy(schedule => schedule.NextRun);

    /// <summary>The schedules as the head knows them, or the reason to quarantine the agent.</summary>
    /// <param name="head">The head.</param>
    /// <param name="stored">What is stored; null when nothing is.</param>
    public static Result<ScheduleTable> Open(AgentHead head, ScheduleTable? stored)
    {
        if (StoredConversation.CheckHead(head) is { } damaged)
            return damaged;
        if (stored is null && head.NextSchedule is not null)
            return ConversationRefusals.AgentQuarantined("the schedules are missing");
        return stored ?? Empty;
    }

    internal DateTimeOffset? Next() => All.Min(schedule => schedule.NextRun);

    internal ScheduleTable With(StoredSchedule schedule) => this with { All = All.Add(schedule) };

    internal ScheduleTable Replace(StoredSchedule schedule) =>
        this with { All = [.. All.Select(other => other.Id == schedule.Id ? schedule : other)] };

    internal ScheduleTable Without(StoredSchedule schedule) => this with { All = All.RemoveAll(other => other.Id == schedule.Id) };
}
