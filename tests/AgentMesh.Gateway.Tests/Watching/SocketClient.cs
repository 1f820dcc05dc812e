using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace AgentMesh.Gateway.Tests.Watching;

/// <summary>A WebSocket client. Waits for frames without a limit of its own: the test's token ends what hangs.</summary>
internal sealed class SocketClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[4 * 1024 * 1024];

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Connects, and takes the welcome.</summary>
    public static async Task<SocketClient> ConnectAsync(GatewayServer gateway, string user = "alice", string query = "")
    {
        var client = await OpenAsync(gateway, user + query);
        Assert.Equal("welcome", (await client.NextAsync()).GetProperty("type").GetString());
        return client;
    }

    /// <summary>Connects; the welcome is the first frame to come.</summary>
    public static async Task<SocketClient> OpenAsync(GatewayServer gateway, string user = "alice", params (string Name, string Value)[] headers)
    {
        var client = new SocketClient();
        client._socket.Options.KeepAliveInterval = TimeSpan.Zero;
        foreach (var (name, value) in headers)
        {
            if (name == "Sec-WebSocket-Protocol")
                client._socket.Options.AddSubProtocol(value);
            else
                client._socket.Options.SetRequestHeader(name, value);
        }

        await client._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Port}/agent/{user}"), Token);
        return client;
    }

    /// <summary>The next frame.</summary>
    public async Task<JsonElement> NextAsync() =>
        await ReceiveAsync() ?? throw new InvalidOperationException($"closed: {CloseStatus} {CloseReason}");

    /// <summary>The next frame as text.</summary>
    public async Task<string> NextTextAsync() => (await NextAsync()).GetRawText();

    /// <summary>False when the socket is closed in place of a welcome.</summary>
    public async Task<bool> IsWelcomeAsync() => await ReceiveAsync() is { } frame && frame.GetProperty("type").GetString() == "welcome";

    /// <summary>The next messages, so many; pings of a clock that is moved on are passed over.</summary>
    public async Task<List<JsonElement>> NextMessagesAsync(int count)
    {
        var messages = new List<JsonElement>(count);
        while (messages.Count < count)
        {
            if (await NextAsync() is var frame && frame.GetProperty("type").GetString() == "message")
                messages.Add(frame);
        }

        return messages;
    }

    /// <summary>The next frames, so many.</summary>
    public async Task<List<JsonElement>> NextAsync(int count)
    {
        var frames = new List<JsonElement>(count);
        while (frames.Count < count)
            frames.Add(await NextAsync());
        return frames;
    }

    /// <summary>Frames up to the close; answers it.</summary>
    public async Task<List<JsonElement>> ToEndAsync()
    {
        var frames = new List<JsonElement>();
        while (await ReceiveAsync() is { } frame)
            frames.Add(frame);
        if (_socket.State == WebSocketState.CloseReceived)
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        return frames;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type, bool isEnd = true) => _socket.SendAsync(bytes, type, isEnd, Token);

    public Task MessageAsync(string content) => SendAsync(JsonSerializer.Serialize(new { type = "message", content }));

    public Task CloseAsync(WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure) => _socket.CloseAsync(status, "", Token);

    public void Dispose() => _socket.Dispose();

    private async Task<JsonElement?> ReceiveAsync()
    {
        var length = 0;
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(length), Token);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            length += received.Count;
            if (received.EndOfMessage)
                return JsonDocument.Parse(_buffer.AsMemory(0, length).ToArray()).RootElement;
        }
    }
}
