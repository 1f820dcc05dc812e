using System.Net.WebSockets;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>
/// A WebSocket client as a careful user writes it: it knows the last seq it has seen, and when the connection is lost it connects again, to
/// whichever gateway it is told, and resumes after that seq. Notes every event, and every text a model was seen writing.
/// </summary>
internal sealed class AgentSocket(string user, Func<Uri> gateway) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _progress = new(0);
    private readonly List<JsonElement> _events = [];
    private Task? _running;

    /// <summary>Frames with a seq, in the order they came.</summary>
    public IReadOnlyList<JsonElement> Events
    {
        get
        {
            lock (_events)
                return [.. _events];
        }
    }

    /// <summary>Connections made.</summary>
    public int Connections { get; private set; }

    /// <summary>Pieces of text that came.</summary>
    public int Deltas { get; private set; }

    /// <summary>What was wrong with the frames; empty when nothing was.</summary>
    public List<string> Faults { get; } = [];

    private long LastSeq { get; set; }

    public void Start() => _running = RunAsync();

    /// <summary>Waits until the event of that seq has come.</summary>
    public async Task WaitForAsync(long seq, TimeSpan patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(patience);
        while (LastSeq < seq)
            await _progress.WaitAsync(limit.Token);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running!;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _progress.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using var socket = new ClientWebSocket();
            try
            {
                await socket.ConnectAsync(new Uri($"ws://{gateway().Authority}/agent/{user}"), _stop.Token);
                Connections++;
                await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { type = "resume", after = LastSeq }), WebSocketMessageType.Text, true, _stop.Token);
                while (await ReceiveAsync(socket) is { } frame)
                    Take(frame);
            }
            catch (Exception exception) when (exception is WebSocketException or HttpRequestException or IOException or OperationCanceledException)
            {
                // The process behind it is gone, or the test is over. A pause, because a port that is not listened to refuses at once.
                await Task.WhenAny(Task.Delay(50, _stop.Token));
            }
        }
    }

    private async Task<JsonElement?> ReceiveAsync(ClientWebSocket socket)
    {
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, _stop.Token);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            text.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return JsonSerializer.Deserialize<JsonElement>(text.ToArray());
        }
    }

    private void Take(JsonElement frame)
    {
        switch (frame.GetProperty("type").GetString())
        {
            case "message":
                Note(frame.GetProperty("seq").GetInt64(), frame);
                break;
            case "event":
                Note(frame.GetProperty("event").GetProperty("seq").GetInt64(), frame.GetProperty("event"));
                break;
            case "delta":
                Deltas++;
                break;
            case "error" or "reset":
                Faults.Add(frame.GetRawText());
                break;
            default:
                break;
        }
    }

    private void Note(long seq, JsonElement data)
    {
        lock (_events)
        {
            if (seq != LastSeq + 1)
                Faults.Add($"seq {seq} came after {LastSeq}");
            LastSeq = seq;
            _events.Add(data);
        }

        _progress.Release();
    }
}
