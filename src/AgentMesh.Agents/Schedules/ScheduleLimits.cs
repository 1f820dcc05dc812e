namespace AgentMesh.Agents.Schedules;

/// <summary>Every maximum of schedules, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class ScheduleLimits
{
    /// <summary>Schedules of one agent. Those that are over stay in the list and make room when it is full.</summary>
    public const int PerAgent = 100;

    /// <summary>
    /// Their messages together, bytes of UTF-8: all schedules are one record, escaped it can take six times that, and daprd takes 4 MiB by default.
    /// </summary>
    public const int ContentBytes = 256 * 1024;

    /// <summary>Shortest <c>everySeconds</c>.</summary>
    public const int MinEverySeconds = 10;

    /// <summary>Longest <c>everySeconds</c>: 366 days.</summary>
    public const int MaxEverySeconds = 366 * 86_400;

    /// <summary>Longest cron expression.</summary>
    public const int CronCharacters = 100;

    /// <summary>Occurrences that one tick of a reminder runs; the rest follow with the next.</summary>
    public const int RunsAtOnce = 8;

    /// <summary>An occurrence that is later than this is missed: a reminder ticks every minute, and once more when a tick was lost.</summary>
    public static readonly TimeSpan MissedAfter = TimeSpan.FromMinutes(2);
}
