using AgentMesh.Primitives;

namespace AgentMesh.Agents.Schedules;

/// <summary>Why schedules say no, in order of precedence. The codes are those of <c>AgentMesh.Contracts.Agents.AgentRefusals</c>; a test holds them together.</summary>
public static class ScheduleRefusals
{
    /// <summary>No such schedule.</summary>
    public static Refusal ScheduleNotFound { get; } = new("schedule_not_found", "The agent has no such schedule.");

    /// <summary>A tool that the agent does not have, or arguments that it does not take.</summary>
    /// <param name="reason">A sentence.</param>
    public static Refusal Tool(string reason) => new("invalid_schedule", $"The schedule is invalid: {reason}");

    /// <summary>Not exactly one kind of time.</summary>
    public static Refusal OneTime { get; } = Invalid("exactly one of at, everySeconds and cron says when it runs");

    /// <summary>The time is over.</summary>
    public static Refusal AtIsOver { get; } = Invalid("at is a time to come");

    /// <summary>Too short or too long.</summary>
    public static Refusal EverySeconds { get; } = Invalid($"everySeconds is {ScheduleLimits.MinEverySeconds} to {ScheduleLimits.MaxEverySeconds}");

    /// <summary>Not a cron expression.</summary>
    public static Refusal Cron { get; } =
        Invalid($"cron has five fields (minute, hour, day of month, month, day of week) and at most {ScheduleLimits.CronCharacters} characters");

    /// <summary>Not a time zone.</summary>
    public static Refusal TimeZone { get; } = Invalid("timeZone is the IANA name of a time zone that this system knows, such as Europe/Berlin, and belongs to cron");

    /// <summary>Not a rule.</summary>
    public static Refusal Missed { get; } = Invalid("missed is skip or once");

    /// <summary>It would never run.</summary>
    public static Refusal Never { get; } = Invalid("there is no time at which it would run");

    /// <summary>As many as there may be, or too long together.</summary>
    public static Refusal TooManySchedules { get; } = new(
        "too_many_schedules",
        $"The agent has {ScheduleLimits.PerAgent} schedules that are not over, or their messages take more than {ScheduleLimits.ContentBytes} bytes of UTF-8 together; delete one to make another.");

    private static Refusal Invalid(string what) => new("invalid_schedule", $"The schedule is invalid: {what}.");
}
