using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AgentMesh.ActorHost.Turns;
using AgentMesh.Agents.Conversation;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Tools;

/// <summary>The agent's own schedules as tools: what a model promises to do later it can have itself reminded of.</summary>
internal static class ScheduleTools
{
    internal const string ScheduleName = "schedule_message";
    internal const string ListName = "list_schedules";
    internal const string CancelName = "cancel_schedule";

    /// <summary>Bytes of UTF-8 of a schedule's message in a list. A hundred schedules are below <see cref="ToolLimits.ResultBytes"/>.</summary>
    private const int ListedBytes = 80;

    /// <summary>Makes one.</summary>
    internal static AgentTool CreateSchedule(TurnActors actors, TimeProvider time) => AgentTool.Of(
        (
            [Description("The message, as the user would write it to you.")] string content,
            ToolContext context,
            [Description("Once, in so many seconds.")] int? inSeconds = null,
            [Description("Once, at that ISO 8601 time with its offset, such as 2026-01-02T03:04:05Z.")] string? at = null,
            [Description("Again and again, so many seconds apart; at least 10.")] int? everySeconds = null,
            [Description("By a cron expression of five fields.")] string? cron = null,
            [Description("With cron: an IANA time zone such as Europe/Berlin. Default UTC.")] string? timeZone = null,
            CancellationToken cancellationToken = default) =>
            ScheduleAsync(actors, time, new Wanted(content, inSeconds, at, everySeconds, cron, timeZone), context, cancellationToken),
        ScheduleName,
        "Has a message sent to you later in this conversation, for you to answer then: a reminder, or something to be done again and again. "
        + "Exactly one of inSeconds, at, everySeconds and cron says when.");

    /// <summary>Lists them.</summary>
    internal static AgentTool CreateList(TurnActors actors, TimeProvider time) => AgentTool.Of(
        (ToolContext context, CancellationToken cancellationToken) => ListAsync(actors, time, context, cancellationToken),
        ListName,
        "Lists the schedules that are there, with their ids and next times, and says what time it is.");

    /// <summary>Removes one.</summary>
    internal static AgentTool CreateCancel(TurnActors actors) => AgentTool.Of(
        (string id, ToolContext context, CancellationToken cancellationToken) => CancelAsync(actors, id, context, cancellationToken),
        CancelName,
        "Removes a schedule by its id.");

    private static async Task<string> ScheduleAsync(
        TurnActors actors, TimeProvider time, Wanted wanted, ToolContext context, CancellationToken cancellationToken)
    {
        DateTimeOffset? at = null;
        if (wanted.InSeconds is { } seconds && wanted.At is null)
            at = time.GetUtcNow().AddSeconds(seconds);
        else if (wanted is { InSeconds: null, At: { } text } && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
            at = parsed;
        else if (wanted is not { InSeconds: null, At: null })
            return "Not scheduled: at is not a time, or it stands beside inSeconds.";
        var request = new CreateSchedule(
            wanted.Content, context.SessionId, at, wanted.EverySeconds, wanted.Cron, wanted.TimeZone, null, null, RequestIdOf(wanted, context), null);
        var made = await actors.CreateScheduleAsync(context.Agent.ToString(), request, cancellationToken);
        // Another run of the turn has made it: what it asks for is the same, and "in ten seconds" was another time then.
        if (made.Refusal?.Code == ConversationRefusals.IdempotencyKeyReused.Code)
            return "It was scheduled before, by this same request.";
        return made.IsRefused
            ? $"Not scheduled: {made.Refusal.Detail}"
            : string.Create(CultureInfo.InvariantCulture, $"Scheduled with the id {made.Value.Id}. It first runs at {made.Value.NextRun:u}.");
    }

    private static async Task<string> ListAsync(TurnActors actors, TimeProvider time, ToolContext context, CancellationToken cancellationToken)
    {
        var list = await actors.ListSchedulesAsync(context.Agent.ToString(), cancellationToken);
        if (list.IsRefused)
            return list.Refusal.Detail;
        var lines = list.Value.Schedules.Select(schedule => string.Create(
            CultureInfo.InvariantCulture,
            $"{schedule.Id} {schedule.Status} next {(schedule.NextRun is { } next ? $"{next:u}" : "never")}: {Utf8Text.Cut(schedule.Content ?? schedule.Tool!, ListedBytes)}"));
        return string.Join('\n', [string.Create(CultureInfo.InvariantCulture, $"It is {time.GetUtcNow():u}. There are {list.Value.Schedules.Count} schedules."), .. lines]);
    }

    private static async Task<string> CancelAsync(TurnActors actors, string id, ToolContext context, CancellationToken cancellationToken)
    {
        var deleted = await actors.DeleteScheduleAsync(context.Agent.ToString(), id, cancellationToken);
        return deleted.IsRefused ? $"Not removed: {deleted.Refusal.Detail}" : "Removed.";
    }

    /// <summary>The same for every run of a turn that asks for the same: a run that dies after the call is followed by another.</summary>
    private static string RequestIdOf(Wanted wanted, ToolContext context) =>
        $"tool:{context.TurnId}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(wanted.ToString())))}";

    private sealed record Wanted(string Content, int? InSeconds, string? At, int? EverySeconds, string? Cron, string? TimeZone);
}
