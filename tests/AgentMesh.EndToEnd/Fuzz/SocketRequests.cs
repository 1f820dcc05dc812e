using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>A WebSocket: its handshake, and what is sent when it is open.</summary>
/// <param name="Kind">What is wrong with it, for the report.</param>
/// <param name="Handshake">The handshake.</param>
/// <param name="Frames">Frames, byte for byte.</param>
/// <param name="IsCut">The last frame says that it is longer than it is.</param>
internal sealed record SocketCase(string Kind, HttpCase Handshake, byte[][] Frames, bool IsCut)
{
    /// <summary>False when none of the frames is a message that could be taken.</summary>
    public bool MayStore { get; init; }

    public byte[] Render(string user) => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString([.. Frames.SelectMany(frame => frame)]).Replace(HttpCase.User, user, StringComparison.Ordinal));
}

/// <summary>Frames by their grammar (RFC 6455, 5.2, and shared by all of ours: JSON with a type), good ones, ones with one thing wrong, and rubbish.</summary>
internal static class SocketRequests
{
    private const int Final = 0x80;
    private const int Text = 1;
    private const int Binary = 2;
    private const int Close = 8;
    private const int Ping = 9;

    /// <summary>A client must mask; any mask will do.</summary>
    private static readonly byte[] Mask = [0x37, 0xFA, 0x21, 0x3D];

    private static readonly SchemaText Schemas = new(JsonElement.Parse("""{"$defs":{}}"""));

    private static readonly Gen<string> Good = Gens.Mix(
        (6, Of("message", """{"content":{"type":"string","minLength":1,"maxLength":65536},"sessionId":{"const":"default"},"id":{"type":"string","minLength":1,"maxLength":128},"ifBusy":{"enum":["enqueue","reject","interrupt",null]}}""", isWrong: false)),
        (3, Of("resume", """{"after":{"type":"integer","minimum":0,"maximum":9223372036854775807}}""", isWrong: false)),
        (2, Gens.Of("""{"type":"ping"}""", """{"type":"pong"}""", """{"type":"ping","a":{"b":[1]}}""")));

    private static readonly Gen<string> Wrong = Gens.Mix(
        (6, Of("message", """{"content":{"type":"string","minLength":1,"maxLength":65536},"sessionId":{"type":"string","maxLength":64},"id":{"type":"string","minLength":1,"maxLength":128},"ifBusy":{"enum":["enqueue","reject","interrupt"]}}""", isWrong: true)),
        (4, Of("resume", """{"after":{"type":"integer","minimum":0,"maximum":9223372036854775807}}""", isWrong: true)),
        (3, Evil.Json),
        (3, Gen.Select(Evil.Json, Evil.Json, (type, other) => $$"""{"type":{{type}},"content":{{other}}}""")),
        (1, Gens.Of("""{"type":"welcome"}""", """{"type":"event"}""", """{"type":"message"}""", """{"type":"message","type":"ping"}""", """{"type":"Message","content":"a"}""", """{"TYPE":"ping"}""")));

    private static readonly Gen<byte[]> Frame = Gens.Mix(
        (10, Good.Select(text => Make(Text, Encoding.UTF8.GetBytes(text)))),
        (12, Wrong.Select(text => Make(Text, Encoding.UTF8.GetBytes(text)))),
        (4, Good.SelectMany(text => Evil.Damage(Encoding.UTF8.GetBytes(text))).Select(bytes => Make(Text, bytes))),
        (2, Gen.Select(Good, Gen.Int[1, 5], Fragments)),
        (1, Evil.Bytes.Select(bytes => Make(Binary, bytes))),
        (1, Evil.Bytes.Select(bytes => Make(Text, bytes))),
        (1, Gen.Select(Gens.Of(Ping, Ping + 1), Gen.Int[0, 130], (opcode, length) => Make(opcode, new byte[length]))),
        (1, Gen.Select(Gen.Int[0, 15], Gen.Int[0, 15], Gen.Bool, Evil.Bytes, (opcode, flags, isMasked, bytes) => Make(opcode, bytes, flags << 4, isMasked))),
        (1, Gen.Select(Gens.Of(1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1015, 0, 999, 1016, 2999, 3000, 4000, 4999, 5000, 65535), Evil.Bytes, (code, reason) => Make(Close, [(byte)(code >> 8), (byte)code, .. reason.Take(120)]))),
        (1, Gens.Of(Make(Close, []), Make(Close, [3]), Make(0, "{}"u8.ToArray()), Make(Text, [], 0), [Final | Text, 0x80, 0, 0, 0, 0], Make(Text, new byte[1024 * 1024 + 1]), Lengths(126, 5), Lengths(127, 5))));

    private static readonly Gen<byte[]> Cut = Gens.OneOf(
        Gen.Select(Frame, Gen.Int[1, 20], (frame, left) => frame[..Math.Max(1, frame.Length - left)]),
        Gens.Of<byte[]>([Final | Text, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4, 5], [Final | Text, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4, 5], [Final | Text]));

    private static readonly Gen<HttpCase> Handshake = Gens.Mix(
        (20, Gen.Const(Opening("good"))),
        (1, Gens.Of("?after=0", "?after=1", "?after=-1", "?after=9223372036854775807", "?after=9223372036854775808", "?after=a", "?after=0&after=1", "?ticket=a", "?%00").Select(query => Opening($"query {query}", query: query))),
        (1, Gens.Of("12", "14", "", "13, 13", "a").Select(version => Opening($"version {version}", version: version))),
        (1, Gens.Of("", "AAAA", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ==x", "\u00e9", new string('A', 3000)).Select(key => Opening("key", key: key))),
        (1, Gens.Of("", "h2c", "websocket, h2c", "WebSocket", "websockets").Select(upgrade => Opening($"upgrade {upgrade}", upgrade: upgrade))),
        (1, Gens.Of(("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-WebSocket-Protocol", "a, b"), ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Content-Length", "3"))
            .Select(header => Opening($"with {header.Item1}", more: header))));

    /// <summary>Sockets.</summary>
    public static Gen<SocketCase> All { get; } = Gens.Mix(
        (8, Gen.Select(Handshake, Frame.Array[1, 6], (handshake, frames) => Case(handshake, frames, isCut: false))),
        (1, Gen.Select(Handshake, Frame.Array[0, 2], Cut, (handshake, frames, cut) => Case(handshake, [.. frames, cut], isCut: true))));

    /// <summary>A frame of a client.</summary>
    public static byte[] Make(int opcode, byte[] payload, int flags = Final, bool isMasked = true)
    {
        byte[] length = payload.Length switch
        {
            < 126 => [(byte)payload.Length],
            <= ushort.MaxValue => [126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [127, .. BigEndian((ulong)payload.Length)],
        };
        if (!isMasked)
            return [(byte)(flags | opcode), .. length, .. payload];
        length[0] |= 0x80;
        return [(byte)(flags | opcode), .. length, .. Mask, .. payload.Select((one, n) => (byte)(one ^ Mask[n % Mask.Length]))];
    }

    private static SocketCase Case(HttpCase handshake, byte[][] frames, bool isCut) =>
        new($"socket, {handshake.Kind}{(isCut ? ", cut" : "")}", handshake, frames, isCut) { MayStore = frames.Any(IsMessage) };

    // Whatever is no text frame of such JSON is no message, in one piece or in several.
    private static bool IsMessage(byte[] frame)
    {
        using var all = new MemoryStream();
        for (var at = 0; at + 6 <= frame.Length && (frame[at + 1] & 0x80) != 0;)
        {
            var (length, head) = (frame[at + 1] & 0x7F) switch
            {
                126 => (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(at + 2)), 8),
                127 when at + 14 <= frame.Length => ((int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(at + 2))), 14),
                var small => (small, 6),
            };
            if (length > frame.Length - at - head)
                break;
            for (var n = 0; n < length; n++)
                all.WriteByte((byte)(frame[at + head + n] ^ frame[at + head - 4 + n % 4]));
            at += head + length;
        }

        try
        {
            using var document = JsonDocument.Parse(all.ToArray());
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("type", out var type) && type.ValueEquals("message");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static byte[] Fragments(string text, int count)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var size = Math.Max(1, bytes.Length / count);
        var parts = bytes.Chunk(size).ToArray();
        // Control frames may stand between fragments.
        return [.. parts.SelectMany((part, n) => (byte[])[.. Make(n == 0 ? Text : 0, part, n == parts.Length - 1 ? Final : 0), .. n == 0 ? Make(Ping, []) : []])];
    }

    // A length in more bytes than it needs.
    private static byte[] Lengths(int code, int length) => [Final | Text, (byte)(0x80 | code), .. code == 126 ? [0, (byte)length] : BigEndian((ulong)length), .. Mask, .. new byte[length]];

    private static byte[] BigEndian(ulong number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }

    private static Gen<string> Of(string type, string members, bool isWrong)
    {
        var schema = JsonElement.Parse($$"""{"type":"object","properties":{{members}},"required":["{{(type == "message" ? "content" : "after")}}"]}""");
        var made = isWrong ? Schemas.Wrong(schema) : Schemas.Valid(schema);
        return made.Select(text => text.StartsWith('{') ? $"{{\"type\":\"{type}\"{(text.Length > 2 ? "," : "")}{text[1..]}" : text);
    }

    private static HttpCase Opening(string kind, string query = "", string version = "13", string key = "dGhlIHNhbXBsZSBub25jZQ==", string upgrade = "websocket", (string, string)? more = null) => new(
        kind, "GET", $"/agent/{HttpCase.User}{query}",
        [("Host", "localhost"), ("Connection", "Upgrade"), ("Upgrade", upgrade), ("Sec-WebSocket-Version", version), ("Sec-WebSocket-Key", key), .. more is { } header ? [header] : Array.Empty<(string, string)>()],
        [], Framing.None);
}
