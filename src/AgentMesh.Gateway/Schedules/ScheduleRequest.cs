using System.Text.Json;
using System.Text.RegularExpressions;
using AgentMesh.Gateway.Edge;

namespace AgentMesh.Gateway.Schedules;

/// <summary>The body of a new schedule. Times and numbers are read as JSON first, so that a wrong one is refused with its own code.</summary>
/// <param name="Content">The message; null for a tool.</param>
/// <param name="SessionId">The session; null for the default one.</param>
/// <param name="At">Once, at that time.</param>
/// <param name="EverySeconds">Again and again, so many seconds apart.</param>
/// <param name="Cron">By a cron expression.</param>
/// <param name="TimeZone">The zone of <paramref name="Cron"/>.</param>
/// <param name="Missed"><c>once</c> or <c>skip</c>; null: <c>once</c>.</param>
/// <param name="Until">The last moment at which it may run.</param>
/// <param name="Tool">The tool that is called; null for a message.</param>
/// <param name="Arguments">With <paramref name="Tool"/>: a JSON object; null for none.</param>
internal sealed partial record ScheduleRequest(
    string? Content, string? SessionId, JsonElement? At, JsonElement? EverySeconds, string? Cron, string? TimeZone, string? Missed, JsonElement? Until,
    string? Tool, JsonElement? Arguments)
{
    /// <summary>The arguments as text, the same for whatever blanks they came with.</summary>
    internal string? ArgumentsText =>
        Arguments is { ValueKind: JsonValueKind.Object } arguments ? JsonSerializer.Serialize(arguments, GatewayJson.Answers.JsonElement) : null;

    internal DateTimeOffset? AtTime => TimeOf(At);

    internal DateTimeOffset? UntilTime => TimeOf(Until);

    internal int? EverySecondsNumber => EverySeconds is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var seconds) ? seconds : null;

    /// <summary>An ISO 8601 time that says its offset: without one it would be the server's local time.</summary>
    private static DateTimeOffset? TimeOf(JsonElement? member) =>
        member is { ValueKind: JsonValueKind.String } text && JsonText.TryGet(text) is { } known && EndsWithOffset().IsMatch(known) && text.TryGetDateTimeOffset(out var time) ? time : null;

    [GeneratedRegex(@"(Z|[+-]\d\d:\d\d)\z")]
    private static partial Regex EndsWithOffset();
}
