using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentMesh.CrashKit.Histories;

/// <summary>A history as lines of JSON: requests in the order of their begins, then what was read back, and what was broken.</summary>
public static class HistoryJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The lines.</summary>
    /// <param name="scenario">Whose history.</param>
    /// <param name="history">The history.</param>
    public static IEnumerable<string> Lines(string scenario, History history)
    {
        foreach (var operation in history.Operations)
            yield return Line(scenario, "operation", json => Write(json, operation));
        foreach (var reading in history.Readings)
            yield return Line(scenario, "reading", json => Write(json, reading));
        foreach (var accident in history.Accidents)
        {
            yield return Line(scenario, "accident", json =>
            {
                Write(json, "at", accident.At);
                json.WriteString("what", accident.What);
            });
        }
    }

    private static void Write(Utf8JsonWriter json, Operation operation)
    {
        json.WriteNumber("number", operation.Number);
        json.WriteString("client", operation.Client);
        json.WriteString("agent", operation.Agent);
        json.WriteString("action", operation.Action);
        json.WriteString("content", operation.Content);
        if (operation.Key is { } key)
            json.WriteString("key", key);
        Write(json, "start", operation.Start);
        Write(json, "end", operation.End);
        json.WriteString("outcome", operation.Outcome.Kind.ToString().ToLowerInvariant());
        if (operation.Outcome.Code is { } code)
            json.WriteString("code", code);
        json.WriteStartObject("answer");
        foreach (var (name, value) in operation.Answer)
            json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Reading reading)
    {
        json.WriteString("client", reading.Client);
        json.WriteString("agent", reading.Agent);
        Write(json, "start", reading.Start);
        Write(json, "end", reading.End);
        json.WriteStartArray("messages");
        foreach (var message in reading.Messages)
        {
            json.WriteStartObject();
            json.WriteNumber("seq", message.Seq);
            json.WriteString("role", message.Role);
            json.WriteString("content", message.Content);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Line(string scenario, string type, Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteString("scenario", scenario);
            json.WriteString("type", type);
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    // Seconds to the microsecond.
    private static void Write(Utf8JsonWriter json, string name, TimeSpan at) => json.WriteNumber(name, Math.Round(at.TotalSeconds, 6));
}
