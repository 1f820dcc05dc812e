using System.Globalization;
using System.Text.Json;
using AgentMesh.Cli.CrashTesting.Scenarios;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.CrashKit.Histories;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.CrashTesting.Driving;

/// <summary>Events as they come over any transport.</summary>
internal static class EventReading
{
    private const int MaxReads = 100_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Reads an event, as long polls and event streams show it.</summary>
    public static LogEvent EventOf(JsonElement value)
    {
        var data = value.GetProperty("data");
        var type = value.GetProperty("type").GetString()!;
        var isMessage = type == "message" && data.TryGetProperty("content", out _);
        return new LogEvent(
            value.GetProperty("seq").GetInt64(), type, TextOf(data, "turn"), isMessage ? TextOf(data, "role") : "", isMessage ? TextOf(data, "content") : data.GetRawText());
    }

    /// <summary>Reads a frame of a socket; null: it is no event.</summary>
    public static LogEvent? FrameOf(JsonElement frame) => frame.GetProperty("type").GetString() switch
    {
        "message" => new LogEvent(frame.GetProperty("seq").GetInt64(), "message", TextOf(frame, "turn"), TextOf(frame, "role"), TextOf(frame, "content")),
        "event" => EventOf(frame.GetProperty("event")),
        _ => null,
    };

    /// <summary>A long poll, or with <paramref name="waitSeconds"/> 0 a read.</summary>
    public static GatewayRequest PollOf(UserId user, long after, int waitSeconds) => new(HttpMethod.Get, "events", user)
    {
        Query = [("after", after.ToString(CultureInfo.InvariantCulture)), ("wait", waitSeconds > 0 ? waitSeconds.ToString(CultureInfo.InvariantCulture) : null)],
        Accept = "application/json",
        Wait = TimeSpan.FromSeconds(waitSeconds),
    };

    /// <summary>The events of an answer to <see cref="PollOf"/>.</summary>
    public static IReadOnlyList<LogEvent> EventsOf(GatewayAnswer answer) => [.. JsonElement.Parse(answer.Body).GetProperty("events").EnumerateArray().Select(EventOf)];

    /// <summary>Reads all of a log.</summary>
    /// <exception cref="CliException">It cannot be read.</exception>
    public static async Task<IReadOnlyList<LogEvent>> AllAsync(CrashWorld world, CrashClient reader, UserId user, CancellationToken cancellationToken)
    {
        List<LogEvent> log = [];
        var begun = world.History.Now;
        for (var reads = 0; reads < MaxReads; reads++)
        {
            var answer = await reader.AnswerAsync(PollOf(user, log.Count > 0 ? log[^1].Seq : 0, 0), cancellationToken);
            if (answer.IsSuccess)
            {
                var events = EventsOf(answer);
                if (events.Count == 0)
                    return log;
                log.AddRange(events);
                continue;
            }

            if (world.History.Now - begun > Patience)
                throw new CliException($"the events of {user} cannot be read {Patience.TotalSeconds:0} s after nothing is broken any more");
            await reader.PauseAsync(answer, CancellationToken.None, cancellationToken);
        }

        throw new CliException($"the log of {user} has no end");
    }

    private static string TextOf(JsonElement value, string name) => value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
}
