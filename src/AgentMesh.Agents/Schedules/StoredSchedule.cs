using System.Text.Json.Serialization;

namespace AgentMesh.Agents.Schedules;

/// <summary>A message to be posted later, or a tool to be called, once or again and again.</summary>
/// <param name="Id">Of <see cref="Sessions.SessionId.Of"/>.</param>
/// <param name="Content">The message; of a tool's call <see cref="ToolCall.ToContent"/>.</param>
/// <param name="Session">The session it goes to.</param>
/// <param name="Timing">When.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="NextRun">The occurrence it waits for; null: it is over.</param>
/// <param name="LastRun">When it last ran; null: not yet.</param>
/// <param name="Runs">How often it has run. A JSON integer below 2^48.</param>
/// <param name="Failure">Why it does not run again before its time is over; null: nothing is wrong.</param>
/// <param name="Tool">The tool that it calls; null: the message is to be answered.</param>
public sealed record StoredSchedule(
    string Id,
    string Content,
    string Session,
    ScheduleTiming Timing,
    DateTimeOffset CreatedAt,
    DateTimeOffset? NextRun,
    DateTimeOffset? LastRun,
    long Runs,
    ScheduleFailure? Failure,
    string? Tool)
{
    /// <summary>True when it will not run again.</summary>
    [JsonIgnore]
    public bool IsOver => NextRun is null;
}

/// <summary>Why a schedule has ended before its time.</summary>
/// <param name="Code">The refusal's code.</param>
/// <param name="Detail">Why, safe to show.</param>
public sealed record ScheduleFailure(string Code, string Detail);

/// <summary>What becomes of occurrences that were missed.</summary>
public enum MissedPolicy
{
    /// <summary>However many were missed, one run.</summary>
    [JsonStringEnumMemberName("once")]
    Once,

    /// <summary>None of them runs.</summary>
    [JsonStringEnumMemberName("skip")]
    Skip,
}
