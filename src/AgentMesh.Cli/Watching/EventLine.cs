using System.Globalization;
using System.Text.Json;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Watching;

/// <summary>An event as one line.</summary>
internal static class EventLine
{
    private const string DefaultSession = "default";

    /// <summary>For people: number, time, type, session where it is not the default one, and what the event says.</summary>
    public static string Of(string type, JsonElement value)
    {
        var data = value.TryGetProperty("data", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : value;
        var session = TextOf(value, "session") is { } id and not DefaultSession ? $"[{id}] " : "";
        var number = value.TryGetProperty("seq", out var seq) ? seq.ToString() : "";
        return PlainText.Of($"{number,6}  {TimeOf(value)}  {type,-12}  {session}{Say(data)}").TrimEnd();
    }

    /// <summary>For programs.</summary>
    public static string JsonOf(JsonElement value) => PlainText.Of(JsonSerializer.Serialize(value, CliJson.Wire.JsonElement));

    private static string Say(JsonElement data) => (TextOf(data, "role"), TextOf(data, "content"), TextOf(data, "code"), TextOf(data, "detail")) switch
    {
        ({ } role, { } content, _, _) => $"{role}: {content.ReplaceLineEndings("\\n")}",
        (_, _, { } code, { } detail) => $"{code}: {detail}",
        _ => string.Join(' ', data.EnumerateObject().Where(IsSimple).Select(member => $"{member.Name}={member.Value}")),
    };

    private static bool IsSimple(JsonProperty member) =>
        member.Name is not "type" && member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;

    private static string TimeOf(JsonElement value) =>
        value.TryGetProperty("at", out var at) && at.ValueKind == JsonValueKind.String && at.TryGetDateTimeOffset(out var time)
            ? string.Create(CultureInfo.InvariantCulture, $"{time:u}")
            : new string(' ', 20);

    private static string? TextOf(JsonElement value, string name) =>
        value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}
