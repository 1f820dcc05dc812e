using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Watching;

/// <summary>The JSON that watchers get. By hand, because each text is made once for all of them, and its members depend on the type.</summary>
internal static class WatchJson
{
    // Relaxed as all answers: JSON that is never HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An event as event streams, long polls and <c>event</c> frames show it.</summary>
    public static byte[] Event(AgentEvent value) => Write(value, static (json, value) => WriteEvent(json, value));

    /// <summary>The frame of an event.</summary>
    public static byte[] Frame(AgentEvent value) => Write(value, static (json, value) =>
    {
        json.WriteStartObject();
        if (value is { Type: EventTypes.Message, Data: { Role: { } role, Content: { } content } })
        {
            json.WriteString("type"u8, "message"u8);
            json.WriteString("role"u8, role);
            json.WriteString("content"u8, content);
            json.WriteNumber("timestamp"u8, value.At);
            json.WriteNumber("seq"u8, value.Seq);
            json.WriteString("sessionId"u8, value.Session);
            // With deltas of several sessions a client tells by it which text this one ends.
            WriteText(json, "turn"u8, value.Data.Turn);
        }
        else
        {
            json.WriteString("type"u8, "event"u8);
            json.WritePropertyName("event"u8);
            WriteEvent(json, value);
        }

        json.WriteEndObject();
    });

    /// <summary>A piece of a running turn's text.</summary>
    public static byte[] Delta(string turn, int attempt, int at, string text) => Write((turn, attempt, at, text), static (json, delta) =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "delta"u8);
        json.WriteString("turn"u8, delta.turn);
        json.WriteNumber("attempt"u8, delta.attempt);
        json.WriteNumber("at"u8, delta.at);
        json.WriteString("text"u8, delta.text);
        json.WriteEndObject();
    });

    /// <summary>What was asked for is trimmed; it goes on after this number.</summary>
    public static byte[] Reset(long after) => Write(after, static (json, after) =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "reset"u8);
        json.WriteNumber("after"u8, after);
        json.WriteEndObject();
    });

    /// <summary>The first frame of a socket.</summary>
    public static byte[] Welcome(string userId, AgentInfo info) => Write((userId, info), static (json, welcome) =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "welcome"u8);
        json.WriteString("userId"u8, welcome.userId);
        json.WriteString("walletAddress"u8, welcome.info.WalletAddress);
        json.WriteNumber("messageCount"u8, welcome.info.MessageCount);
        json.WriteNumber("lastSeq"u8, welcome.info.LastSeq);
        json.WriteEndObject();
    });

    /// <summary>A refusal; <paramref name="id"/> is the client's own name of what was refused.</summary>
    public static byte[] Error(Refusal refusal, string? id) => Write((refusal, id), static (json, error) =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteString("code"u8, error.refusal.Code);
        json.WriteString("detail"u8, error.refusal.Detail);
        foreach (var (name, value) in error.refusal.Members)
            json.WriteString(name, value);
        if (error.id is not null)
            json.WriteString("id"u8, error.id);
        json.WriteEndObject();
    });

    private static void WriteEvent(Utf8JsonWriter json, AgentEvent value)
    {
        json.WriteStartObject();
        json.WriteNumber("seq"u8, value.Seq);
        // UtcDateTime: written with Z.
        json.WriteString("at"u8, DateTimeOffset.FromUnixTimeMilliseconds(value.At).UtcDateTime);
        json.WriteString("session"u8, value.Session);
        json.WriteString("type"u8, value.Type);
        if (value.Data.Json is { } data)
        {
            json.WritePropertyName("data"u8);
            json.WriteRawValue(data);
            json.WriteEndObject();
            return;
        }

        json.WriteStartObject("data"u8);
        WriteText(json, "turn"u8, value.Data.Turn);
        WriteText(json, "role"u8, value.Data.Role);
        WriteText(json, "content"u8, value.Data.Content);
        WriteText(json, "code"u8, value.Data.Code);
        WriteText(json, "detail"u8, value.Data.Detail);
        if (value.Data.Usage is { } usage)
        {
            json.WriteStartObject("usage"u8);
            json.WriteNumber("inputTokens"u8, usage.InputTokens);
            json.WriteNumber("outputTokens"u8, usage.OutputTokens);
            // Decimal text, as all money on the wire.
            json.WriteString("costMicroUsd"u8, usage.CostMicroUsd.ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }

    private static byte[] Write<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
            write(json, value);
        return buffer.WrittenSpan.ToArray();
    }
}
