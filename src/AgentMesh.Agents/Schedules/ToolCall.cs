using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentMesh.Agents.Schedules;

/// <summary>
/// The message of a schedule that calls a tool: <c>{"tool":"…","arguments":{…}}</c>, so that it reads in the history as what it is. That it is a
/// call does not follow from its text, which anybody can write, but from the schedule and the turn.
/// </summary>
public static class ToolCall
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The message.</summary>
    /// <param name="tool">The tool's name.</param>
    /// <param name="arguments">A JSON object.</param>
    public static string ToContent(string tool, JsonElement arguments)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("tool", tool);
            json.WritePropertyName("arguments");
            arguments.WriteTo(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The arguments in a message.</summary>
    public static JsonElement ArgumentsOf(string content) => JsonElement.Parse(content).GetProperty("arguments");
}
