using System.Buffers.Binary;
using System.Text.Json;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>Sends what a case of a WebSocket has, and looks at what comes back.</summary>
internal static class SocketDriver
{
    private const int CloseOpcode = 8;
    private const int TextOpcode = 1;

    /// <summary>A server that closes so has a fault (RFC 6455, 7.4.1); no case closes so itself, which would be echoed.</summary>
    private const int InternalError = 1011;

    /// <summary>What it was answered, for the count, and what is wrong with that; null: nothing.</summary>
    public static async Task<(string Name, string? Fault)> RunAsync(Uri gateway, SocketCase sent, string user)
    {
        using var wire = await Wire.ConnectAsync(gateway);
        var opened = await wire.ExchangeAsync(sent.Handshake.Render(user), sent.Handshake.Method, isLast: false, Wire.Patience);
        if (opened.Status != 101)
            return ($"socket {Oracle.NameOf(opened)}", Oracle.WhyWrong(sent.Handshake, opened));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Wire.Patience);
        try
        {
            // The last one asks for an answer, by which all before it have been read.
            var probe = sent.IsCut ? [] : SocketRequests.Make(TextOpcode, "{\"type\":\"ping\"}"u8.ToArray());
            var sending = wire.SendAsync([.. sent.Render(user), .. probe], isLast: sent.IsCut, limit.Token);
            var (name, fault) = await ReadAsync(wire, isProbed: !sent.IsCut, limit.Token);
            if (name != "socket lost")
                await sending;
            if (name == "socket pong")
                await wire.SendAsync(SocketRequests.Make(CloseOpcode, [3, 232]), isLast: true, limit.Token);
            return (name, fault);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return ("socket hang", "hang: the socket neither answers nor ends");
        }
    }

    private static async Task<(string Name, string? Fault)> ReadAsync(Wire wire, bool isProbed, CancellationToken cancellationToken)
    {
        var refusals = 0;
        while (true)
        {
            if (await ReadFrameAsync(wire, cancellationToken) is not var (opcode, payload))
                return ("socket lost", null);
            if (opcode == CloseOpcode)
            {
                var code = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 0;
                return ($"socket closed {code}", code == InternalError ? "closed with 1011" : null);
            }

            if (opcode != TextOpcode)
                continue;
            using var frame = JsonDocument.Parse(payload);
            switch (frame.RootElement.GetProperty("type").GetString())
            {
                case "error":
                    refusals++;
                    if (WhyWrong(frame.RootElement) is { } fault)
                        return ("socket error", fault);
                    break;
                case "pong" when isProbed:
                    return (refusals > 0 ? "socket refusals" : "socket pong", null);
                default:
                    break;
            }
        }
    }

    private static string? WhyWrong(JsonElement error)
    {
        var code = error.TryGetProperty("code", out var named) ? named.GetString() : null;
        if (!Oracle.IsCode(code))
            return $"no code of docs/refusals.md: {code}";
        if (code is "internal_error" or "agent_unavailable" or "agent_failed")
            return $"an error frame {code}";
        return error.TryGetProperty("detail", out var detail) && detail.GetString() is { Length: > 0 } text ? Oracle.WhyLeaks(text) : "an error frame without a detail";
    }

    // Null at the end.
    private static async Task<(int Opcode, byte[] Payload)?> ReadFrameAsync(Wire wire, CancellationToken cancellationToken)
    {
        if (!await wire.FillAsync(2, cancellationToken))
            return null;
        var (opcode, length) = (wire.Peek(0) & 0x0F, (long)(wire.Peek(1) & 0x7F));
        // A server masks nothing.
        Assert.Equal(0, wire.Peek(1) & 0x80);
        var head = length switch { 126 => 4, 127 => 10, _ => 2 };
        if (!await wire.FillAsync(head, cancellationToken))
            return null;
        var bytes = wire.Take(head);
        if (head > 2)
            length = head == 4 ? BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2)) : (long)BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(2));
        using var payload = new MemoryStream();
        while (payload.Length < length)
        {
            var piece = (int)Math.Min(length - payload.Length, 16 * 1024);
            if (!await wire.FillAsync(piece, cancellationToken))
                return null;
            payload.Write(wire.Take(piece));
        }

        return (opcode, payload.ToArray());
    }
}
