using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace AgentMesh.Cli.Canary;

/// <summary>A WebSocket of an agent's owner, which listens all the while.</summary>
internal sealed class CanarySocket : IAsyncDisposable
{
    private const int FrameBytes = 64 * 1024;

    private readonly ClientWebSocket _socket;
    private readonly CanaryAgent _owner;
    private readonly MarkerBook _markers;
    private readonly CanaryReport _report;
    private readonly CancellationTokenSource _ended = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Task _listening;

    private CanarySocket(ClientWebSocket socket, CanaryAgent owner, MarkerBook markers, CanaryReport report)
    {
        (_socket, _owner, _markers, _report) = (socket, owner, markers, report);
        _listening = ListenAsync();
    }

    /// <summary>It was closed, and nothing more comes of it.</summary>
    public bool IsClosed => _listening.IsCompleted;

    /// <summary>Connects an owner to their agent, and asks for everything from the beginning.</summary>
    /// <param name="gateway">Where.</param>
    /// <param name="owner">Who.</param>
    /// <param name="markers">What is looked for.</param>
    /// <param name="report">Is told what is wrong.</param>
    /// <param name="through">What the connection goes through; null: straight to the gateway.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="WebSocketException">There is no connection.</exception>
    public static async Task<CanarySocket> OpenAsync(
        Uri gateway, CanaryAgent owner, MarkerBook markers, CanaryReport report, HttpMessageInvoker? through, CancellationToken cancellationToken)
    {
        var socket = await ConnectAsync(gateway, owner.Path, owner.Token, through, cancellationToken);
        var opened = new CanarySocket(socket, owner, markers, report);
        try
        {
            await opened.SendAsync("""{"type":"resume","after":0}""", cancellationToken);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tries another's agent. It fails if there is a socket.</summary>
    /// <returns>What the gateway has answered; null: nothing.</returns>
    public static async Task<HttpStatusCode?> CrossAsync(
        Uri gateway, CanaryAgent me, string path, CanaryReport report, HttpMessageInvoker? through, CancellationToken cancellationToken)
    {
        var request = new CanaryRequest("crossed socket", me, HttpMethod.Get, path) { MustBeRefused = true };
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", $"Bearer {me.Token}");
        try
        {
            await socket.ConnectAsync(Address(gateway, path), through, cancellationToken);
            report.Answered(request, HttpStatusCode.OK);
            return HttpStatusCode.OK;
        }
        catch (WebSocketException) when (socket.HttpStatusCode != default)
        {
            report.Answered(request, socket.HttpStatusCode);
            return socket.HttpStatusCode;
        }
        catch (WebSocketException fault)
        {
            report.Unanswered(fault);
            return null;
        }
    }

    /// <summary>Sends a frame.</summary>
    public async Task SendAsync(string text, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        catch (WebSocketException)
        {
            // Closed by the gateway: what it has shown until then was looked at.
        }
        finally
        {
            _sending.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _listening;
        _socket.Dispose();
        _ended.Dispose();
        _sending.Dispose();
    }

    private static async Task<ClientWebSocket> ConnectAsync(Uri gateway, string path, string? token, HttpMessageInvoker? through, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            if (token is not null)
                socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            await socket.ConnectAsync(Address(gateway, path), through, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Uri Address(Uri gateway, string path) =>
        new UriBuilder(gateway) { Scheme = gateway.Scheme == Uri.UriSchemeHttps ? "wss" : "ws", Path = path }.Uri;

    private async Task ListenAsync()
    {
        var buffer = new byte[FrameBytes];
        using var frame = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(), _ended.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                    return;
                frame.Write(buffer, 0, received.Count);
                if (!received.EndOfMessage)
                    continue;
                _report.Framed();
                foreach (var marker in _markers.ForeignIn(Encoding.UTF8.GetString(frame.GetBuffer(), 0, (int)frame.Length), _owner))
                    _report.Foreign($"the socket of {_owner.Name}", marker, _markers.ReadersOf(marker));
                frame.SetLength(0);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The gateway has ended it, or this program does.
        }
    }
}
