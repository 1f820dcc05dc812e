using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Seeds;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.CrashTesting.Driving;

/// <summary>Watches by a WebSocket, which it tells to resume.</summary>
/// <param name="user">Whose agent.</param>
/// <param name="name">Its name, with its transport.</param>
/// <param name="random">Decides when it connects anew of its own accord.</param>
/// <param name="history">Where lost connections are noted.</param>
/// <param name="place">Where, and in whose name.</param>
/// <param name="through">Its connections go through it.</param>
internal sealed class SocketWatcher(UserId user, string name, SeededRandom random, History history, GatewayPlace place, HttpMessageInvoker through) : AgentWatcher(user, name, random, history)
{
    private const int FrameBytes = 64 * 1024;

    /// <summary>The gateway pings every 30 s: a connection on which nothing comes for so long is dead.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    protected override async Task<Outcome> ConnectAsync(long after, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        if (place.Token is { } token)
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        using var silence = new CancellationTokenSource(LongestSilence);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            var http = MeshPlace.Below(place.Gateway, $"agent/{User}");
            await socket.ConnectAsync(new UriBuilder(http) { Scheme = http.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs }.Uri, through, either.Token);
            var resume = string.Create(CultureInfo.InvariantCulture, $$"""{"type":"resume","after":{{after}}}""");
            await socket.SendAsync(Encoding.UTF8.GetBytes(resume), WebSocketMessageType.Text, endOfMessage: true, either.Token);
            using var bytes = new MemoryStream();
            while (await ReceiveAsync(socket, bytes, either.Token) is { } frame)
            {
                silence.CancelAfter(LongestSilence);
                if (EventReading.FrameOf(frame) is { } one && !Take(one))
                    return Outcome.Acknowledged;
            }

            return Outcome.Lost;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Outcome.Acknowledged;
        }
        catch (Exception lost) when (lost is WebSocketException or HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            return Outcome.Lost;
        }
    }

    private static async Task<JsonElement?> ReceiveAsync(ClientWebSocket socket, MemoryStream bytes, CancellationToken cancellationToken)
    {
        bytes.SetLength(0);
        var buffer = new byte[FrameBytes];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            bytes.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return JsonElement.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }
    }
}
