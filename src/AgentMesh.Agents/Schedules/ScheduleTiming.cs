using AgentMesh.Agents.State;
using AgentMesh.Primitives;
using Cronos;

namespace AgentMesh.Agents.Schedules;

/// <summary>
/// When a schedule runs: its occurrences are points in time that do not depend on when anybody looks, so nothing drifts and nothing is
/// counted twice. Exactly one of <paramref name="At"/>, <paramref name="EverySeconds"/> and <paramref name="Cron"/> is set.
/// </summary>
/// <param name="At">Once.</param>
/// <param name="EverySeconds">So many seconds after <paramref name="From"/>, and again and again.</param>
/// <param name="Cron">Five fields.</param>
/// <param name="TimeZone">The IANA zone of the cron expression.</param>
/// <param name="From">When the schedule was made.</param>
/// <param name="Until">The last moment that an occurrence may have; null: no end.</param>
/// <param name="Missed">What becomes of missed occurrences.</param>
public sealed record ScheduleTiming(
    DateTimeOffset? At, int? EverySeconds, string? Cron, string TimeZone, DateTimeOffset From, DateTimeOffset? Until, MissedPolicy Missed)
{
    /// <summary>The zone of a schedule that names none.</summary>
    public const string Utc = "UTC";

    private const int CronFields = 5;

    /// <summary>Checks what a caller asks for.</summary>
    /// <param name="request">The times.</param>
    /// <param name="now">The time, in whole milliseconds.</param>
    public static Result<ScheduleTiming> Create(TimingRequest request, DateTimeOffset now)
    {
        var (at, every, cron, timeZone, missed, until) = request;
        if ((at is null ? 0 : 1) + (every is null ? 0 : 1) + (cron is null ? 0 : 1) != 1)
            return ScheduleRefusals.OneTime;
        if (at <= now)
            return ScheduleRefusals.AtIsOver;
        if (every is < ScheduleLimits.MinEverySeconds or > ScheduleLimits.MaxEverySeconds)
            return ScheduleRefusals.EverySeconds;
        if (cron is not null && ExpressionOf(cron) is null)
            return ScheduleRefusals.Cron;
        if (TimeZones.Find(timeZone ?? Utc) is not { } zone || timeZone is not null && cron is null)
            return ScheduleRefusals.TimeZone;
        MissedPolicy? policy = missed switch { null or "once" => MissedPolicy.Once, "skip" => MissedPolicy.Skip, _ => null };
        if (policy is not { } known)
            return ScheduleRefusals.Missed;
        var timing = new ScheduleTiming(Whole(at), every, cron, zone.Id, now, Whole(until), known);
        return timing.After(now) is null ? ScheduleRefusals.Never : timing;
    }

    /// <summary>The first occurrence after a moment; null when there is none.</summary>
    public DateTimeOffset? After(DateTimeOffset moment)
    {
        var next = this switch
        {
            { At: { } at } => at > moment ? at : null,
            { EverySeconds: { } every } => Nth(Math.Max(0, (long)Math.Floor((moment - From).TotalSeconds / every)) + 1, every),
            // A zone that the system knew when the schedule was made, and does not know now, has no times.
            { Cron: { } cron } when TimeZones.Find(TimeZone) is { } zone => ExpressionOf(cron)?.GetNextOccurrence(moment, zone)?.ToUniversalTime(),
            _ => null,
        };
        return next <= (Until ?? DateTimeOffset.MaxValue) ? next : null;
    }

    /// <summary>What an occurrence whose time has come means: whether it runs, and which is the next.</summary>
    /// <param name="target">The occurrence.</param>
    /// <param name="now">The time; not before it.</param>
    public DueOccurrence Due(DateTimeOffset target, DateTimeOffset now)
    {
        // Of those from the target to now only the last can still be in time.
        var inTime = now - ScheduleLimits.MissedAfter;
        var runs = Missed == MissedPolicy.Once || target >= inTime || After(inTime.AddMilliseconds(-1)) <= now;
        return new DueOccurrence(runs, After(now));
    }

    private DateTimeOffset? Nth(long n, int every) =>
        n <= (DateTimeOffset.MaxValue - From).TotalSeconds / every - 1 ? From.AddSeconds(n * every) : null;

    private static DateTimeOffset? Whole(DateTimeOffset? time) =>
        time?.WholeMilliseconds();

    private static CronExpression? ExpressionOf(string cron) =>
        cron.Length <= ScheduleLimits.CronCharacters
        && cron.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length == CronFields
        && CronExpression.TryParse(cron, CronFormat.Standard, out var expression)
            ? expression
            : null;
}

/// <summary>The times a caller asks for; nothing is checked yet.</summary>
/// <param name="At">Once, at that time.</param>
/// <param name="EverySeconds">Again and again, so many seconds apart.</param>
/// <param name="Cron">A cron expression.</param>
/// <param name="TimeZone">Its zone; null for UTC.</param>
/// <param name="Missed">A word for a policy; null for the default.</param>
/// <param name="Until">The last moment; null for no end.</param>
public sealed record TimingRequest(DateTimeOffset? At, int? EverySeconds, string? Cron, string? TimeZone, string? Missed, DateTimeOffset? Until);

/// <summary>What an occurrence whose time has come means.</summary>
/// <param name="Runs">False: it was missed, and so was every later one whose time has come.</param>
/// <param name="Next">The occurrence to wait for; null: none.</param>
public readonly record struct DueOccurrence(bool Runs, DateTimeOffset? Next);
