using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Schedules;

/// <summary>What the event log has of schedules.</summary>
internal static class ScheduleFacts
{
    /// <summary>It was made.</summary>
    internal static FactEntry Created(StoredSchedule schedule, DateTimeOffset now) => Of(schedule, "created", now);

    /// <summary>It was removed.</summary>
    internal static FactEntry Deleted(StoredSchedule schedule, DateTimeOffset now) => Of(schedule, "deleted", now);

    /// <summary>An occurrence was missed, and is not made up for.</summary>
    internal static FactEntry Skipped(StoredSchedule schedule, DateTimeOffset now) => Of(schedule, "skipped", now);

    /// <summary>Its message was refused, and it does not run again.</summary>
    internal static FactEntry Failed(StoredSchedule schedule, Refusal reason, DateTimeOffset now) => FactEntry.Of(
        schedule.Session, now, FactTypes.Schedule,
        ("schedule", schedule.Id), ("status", "failed"), ("code", reason.Code), ("detail", Utf8Text.Cut(reason.Detail, EventLimits.DetailBytes)));

    /// <summary>An occurrence has become a message.</summary>
    internal static FactEntry Ran(string schedule, string session, long turn, DateTimeOffset now) =>
        FactEntry.Of(session, now, FactTypes.Schedule, ("schedule", schedule), ("status", "ran"), ("turn", TurnId.Of(turn)));

    private static FactEntry Of(StoredSchedule schedule, string status, DateTimeOffset now) =>
        FactEntry.Of(schedule.Session, now, FactTypes.Schedule, ("schedule", schedule.Id), ("status", status));
}
