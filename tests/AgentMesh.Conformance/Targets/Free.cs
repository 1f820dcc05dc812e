using System.Net;
using System.Net.Sockets;

namespace AgentMesh.Conformance.Targets;

/// <summary>Free ports, and waiting for what will listen on them.</summary>
internal static class Free
{
    // Below the range of outgoing connections, so that none of those takes a port between its choice and its use, and below the one that
    // launchers choose from, which other suites start meanwhile.
    private const int First = 10_000;
    private const int Last = 20_000;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);
    private static readonly Dictionary<int, Socket?> Taken = [];

    /// <summary>A port that is kept from others until it is released.</summary>
    public static int Port()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            lock (Taken)
            {
                if (!Taken.ContainsKey(port) && TryHold(port) is { } held)
                {
                    Taken.Add(port, held);
                    return port;
                }
            }
        }
    }

    /// <summary>Gives the ports to whoever listens there next.</summary>
    public static void Release(params IEnumerable<int> ports)
    {
        lock (Taken)
        {
            foreach (var port in ports)
            {
                Taken.GetValueOrDefault(port)?.Dispose();
                Taken[port] = null;
            }
        }
    }

    public static IReadOnlyList<int> Ports(int count) => [.. Enumerable.Range(0, count).Select(_ => Port())];

    /// <summary>Waits until the address answers 2xx. Processes give no other sign of being ready.</summary>
    /// <param name="url">The address.</param>
    /// <param name="failure">Says why it will not come; null while it may.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task WaitForAsync(string url, Func<string?> failure, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var limit = new CancellationTokenSource(StartTimeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var timer = new PeriodicTimer(PollInterval);
        var last = "";
        do
        {
            try
            {
                using var answer = await client.GetAsync(new Uri(url), either.Token);
                if (answer.IsSuccessStatusCode)
                    return;
                last = await answer.Content.ReadAsStringAsync(either.Token);
            }
            // The bare SocketException is a connection that was reset as soon as it was made.
            catch (Exception refused) when (refused is HttpRequestException or SocketException)
            {
                last = refused.Message;
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                break;
            }

            if (failure() is { } output)
                throw new InvalidOperationException($"{url} will not answer:\n{output}");
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
        throw new TimeoutException($"{url} was not ready within {StartTimeout}: {last}\n{failure()}");
    }

    private static Socket? TryHold(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Bound and not listening: a connection is refused as if nobody were there.
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
