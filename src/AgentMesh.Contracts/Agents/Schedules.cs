namespace AgentMesh.Contracts.Agents;

/// <summary>Asks for a message to be posted later, or a tool to be called: one of <paramref name="Content"/> and <paramref name="Tool"/> is set. Exactly one of <paramref name="At"/>, <paramref name="EverySeconds"/> and <paramref name="Cron"/> is set.</summary>
/// <param name="Content">The message, posted as the user's: 1 to 65,536 bytes of UTF-8.</param>
/// <param name="SessionId">The session it goes to, or null for the default one.</param>
/// <param name="At">Once, at that time, which is to come.</param>
/// <param name="EverySeconds">10 to 31,622,400 seconds after it was made, and again and again.</param>
/// <param name="Cron">Five fields: minute, hour, day of month, month, day of week.</param>
/// <param name="TimeZone">The IANA zone of <paramref name="Cron"/>; null for UTC.</param>
/// <param name="Missed">One of <see cref="MissedRuns"/>; null for the default.</param>
/// <param name="Until">The last moment at which it may run; null for no end.</param>
/// <param name="RequestId">Made once per request by the gateway and repeated by its own retries.</param>
/// <param name="IdempotencyKey">The caller's key, which counts in place of the request id for as long as the schedule is there; null for none.</param>
/// <param name="Tool">The name of a tool of the agent's, whose result is the answer.</param>
/// <param name="Arguments">With <paramref name="Tool"/>: its arguments, a JSON object as text; null for none.</param>
public sealed record CreateSchedule(
    string? Content,
    string? SessionId,
    DateTimeOffset? At,
    int? EverySeconds,
    string? Cron,
    string? TimeZone,
    string? Missed,
    DateTimeOffset? Until,
    string RequestId,
    string? IdempotencyKey,
    string? Tool = null,
    string? Arguments = null);

/// <summary>A schedule.</summary>
/// <param name="Id">26 characters of a-z and 2-7.</param>
/// <param name="Content">The message; null for a tool.</param>
/// <param name="SessionId">The session it goes to.</param>
/// <param name="At">Set when it runs once.</param>
/// <param name="EverySeconds">Set when it runs so many seconds apart.</param>
/// <param name="Cron">Set when it runs by a cron expression.</param>
/// <param name="TimeZone">Set with <paramref name="Cron"/>.</param>
/// <param name="Missed">One of <see cref="MissedRuns"/>.</param>
/// <param name="Until">The last moment at which it may run.</param>
/// <param name="Status">One of <see cref="ScheduleStatus"/>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="NextRun">The occurrence it waits for; null when it is over.</param>
/// <param name="LastRun">When it last ran; null before the first time.</param>
/// <param name="Runs">How often it has run.</param>
/// <param name="Failure">Why it does not run again before its time is over.</param>
/// <param name="Tool">The tool that it calls; null for a message.</param>
/// <param name="Arguments">With <paramref name="Tool"/>: a JSON object as text.</param>
public sealed record Schedule(
    string Id,
    string? Content,
    string SessionId,
    DateTimeOffset? At,
    int? EverySeconds,
    string? Cron,
    string? TimeZone,
    string Missed,
    DateTimeOffset? Until,
    string Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset? NextRun,
    DateTimeOffset? LastRun,
    long Runs,
    ScheduleError? Failure,
    string? Tool = null,
    string? Arguments = null);

/// <summary>Why a schedule has ended before its time.</summary>
/// <param name="Code">The code of the refusal of its message.</param>
/// <param name="Detail">Why, safe to show.</param>
public sealed record ScheduleError(string Code, string Detail);

/// <summary>An agent's schedules.</summary>
/// <param name="Schedules">In the order they were made; those that are over stay until they are deleted or their place is needed.</param>
public sealed record ScheduleList(IReadOnlyList<Schedule> Schedules);

/// <summary>Removes a schedule.</summary>
/// <param name="ScheduleId">Its id.</param>
public sealed record DeleteSchedule(string ScheduleId);

/// <summary>Where a schedule stands.</summary>
public static class ScheduleStatus
{
    /// <summary>It waits for its next occurrence.</summary>
    public const string Active = "active";

    /// <summary>It has no further occurrence.</summary>
    public const string Done = "done";

    /// <summary>Its message was refused; it does not run again.</summary>
    public const string Failed = "failed";
}

/// <summary>What becomes of occurrences that were missed, by more than two minutes.</summary>
public static class MissedRuns
{
    /// <summary>However many were missed, one run. The default.</summary>
    public const string Once = "once";

    /// <summary>None of them runs.</summary>
    public const string Skip = "skip";
}
