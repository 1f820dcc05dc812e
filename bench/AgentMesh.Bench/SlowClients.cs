using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AgentMesh.Bench;

/// <summary>One client's messages beside many that are slow.</summary>
/// <param name="Clients">How many are slow at a time.</param>
/// <param name="AloneP50Ms">A message and its answer without them.</param>
/// <param name="AloneP99Ms">The same, 99th percentile of all rounds together.</param>
/// <param name="BesideP50Ms">And beside them.</param>
/// <param name="BesideP99Ms">And beside them.</param>
/// <param name="Ratio">The one 99th percentile to the other.</param>
/// <param name="Connections">Connections that the slow ones have made: whom the gateway closes comes back.</param>
internal sealed record SlowResult(int Clients, double AloneP50Ms, double AloneP99Ms, double BesideP50Ms, double BesideP99Ms, double Ratio, int Connections);

/// <summary>Clients that hold connections and give or take next to nothing: headers a byte at a time, bodies a few, answers unread, WebSockets unread.</summary>
internal static class SlowClients
{
    public const int Rounds = 4;

    /// <summary>Of one round of the normal client, one every 20 ms.</summary>
    private const int RoundMessages = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Drip = TimeSpan.FromSeconds(1);

    /// <summary>Measures, in turns with and without them.</summary>
    public static async Task<SlowResult> MeasureAsync(Mesh mesh, int clients, CancellationToken cancellationToken)
    {
        // What nobody reads is long: about 1 MiB.
        using (var connection = await LoadConnection.OpenAsync(mesh.Gateway, cancellationToken))
        {
            for (var message = 0; message < 16; message++)
                await connection.PostAsync("long", new string('x', 60_000), cancellationToken);
        }

        await RoundAsync(mesh, "warm", 1000, cancellationToken);
        var (alone, beside, connections) = (new List<double>(), new List<double>(), 0);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var isSlow in (bool[])[round % 2 == 1, round % 2 == 0])
            {
                if (!isSlow)
                {
                    alone.AddRange(await RoundAsync(mesh, $"alone{round}", RoundMessages, cancellationToken));
                    continue;
                }

                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var made = new int[1];
                var crowd = Enumerable.Range(0, clients).Select(number => Task.Run(() => DripAsync(mesh.Gateway, number, made, stop.Token), CancellationToken.None)).ToList();
                while (Volatile.Read(ref made[0]) < clients)
                    await Task.Delay(Pause, cancellationToken);
                beside.AddRange(await RoundAsync(mesh, $"beside{round}", RoundMessages, cancellationToken));
                await stop.CancelAsync();
                await Task.WhenAll(crowd);
                connections += made[0];
            }
        }

        double[] quiet = [.. alone.Order()], crowded = [.. beside.Order()];
        var (aloneP99, besideP99) = (Measurements.Percentile(quiet, 0.99), Measurements.Percentile(crowded, 0.99));
        return new SlowResult(clients, Measurements.Percentile(quiet, 0.50), aloneP99, Measurements.Percentile(crowded, 0.50), besideP99, besideP99 / aloneP99, connections);
    }

    private static async Task<double[]> RoundAsync(Mesh mesh, string user, int messages, CancellationToken cancellationToken)
    {
        using var connection = await LoadConnection.OpenAsync(mesh.Gateway, cancellationToken);
        var latencies = new double[messages];
        for (var message = 0; message < messages; message++)
        {
            var begun = Stopwatch.GetTimestamp();
            await connection.PostAsync($"{user}-{message % 50}", "hello", cancellationToken);
            latencies[message] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            if (Pause - Stopwatch.GetElapsedTime(begun) is { Ticks: > 0 } rest)
                await Task.Delay(rest, cancellationToken);
        }

        return latencies;
    }

    /// <summary>One slow client, which comes back when it is closed.</summary>
    private static async Task DripAsync(Uri gateway, int number, int[] made, CancellationToken stop)
    {
        var (start, drip) = (number % 4) switch
        {
            0 => ($"GET /agent/slow-{number}/info HTTP/1.1\r\nHost: {gateway.Authority}\r\nX-Slow: ", "x"),
            1 => ($"POST /agent/slow-{number}/message HTTP/1.1\r\nHost: {gateway.Authority}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{{\"content\":\"", "xxxxxxxxxx"),
            2 => ($"GET /agent/long/history?limit=100 HTTP/1.1\r\nHost: {gateway.Authority}\r\n\r\n", ""),
            _ => ($"GET /agent/long HTTP/1.1\r\nHost: {gateway.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", ""),
        };
        while (!stop.IsCancellationRequested)
        {
            // Little room, so that what is not read waits at the gateway.
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4096 };
            try
            {
                await socket.ConnectAsync(IPAddress.Parse(gateway.Host), gateway.Port, stop);
                await socket.SendAsync(Encoding.ASCII.GetBytes(start), stop);
                Interlocked.Increment(ref made[0]);
                while (IsOpen(socket, isRead: drip.Length > 0))
                {
                    await Task.Delay(Drip, stop);
                    if (drip.Length > 0)
                        await socket.SendAsync(Encoding.ASCII.GetBytes(drip), stop);
                }
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // The gateway has closed it, or the round is over.
            }
        }
    }

    // Of one that reads nothing what has come says nothing: only a reset ends it.
    private static bool IsOpen(Socket socket, bool isRead) => !isRead || !socket.Poll(0, SelectMode.SelectRead);
}
