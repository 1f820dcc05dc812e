using System.Diagnostics;
using System.Text.Json;

namespace AgentMesh.Bench;

/// <summary>Messages between agents.</summary>
/// <param name="DeliveryP50Ms">From stored at the sender to stored at the receiver, as both records say, whole milliseconds; one message at a time.</param>
/// <param name="DeliveryP99Ms">The same, 99th percentile.</param>
/// <param name="SeenP50Ms">From before the request to the event on the receiver's WebSocket.</param>
/// <param name="Load">Many senders at a time; the rate counts what was delivered.</param>
/// <param name="QuietP99Ms">From before the request to the receiver's WebSocket, 20 messages a second; of all rounds together.</param>
/// <param name="FloodP99Ms">The same, while another agent sends as fast as it can.</param>
/// <param name="FloodRatio">The one to the other.</param>
/// <param name="QuietDeliveryP99Ms">As <paramref name="DeliveryP99Ms"/>, of the same messages without a flood.</param>
/// <param name="FloodDeliveryP99Ms">And beside one.</param>
/// <param name="FloodTaken">Messages of the flood that were taken.</param>
/// <param name="FloodRefused">Those that were not.</param>
internal sealed record MailResult(
    double DeliveryP50Ms, double DeliveryP99Ms, double SeenP50Ms, LoadResult Load, double QuietP99Ms, double FloodP99Ms, double FloodRatio, double QuietDeliveryP99Ms, double FloodDeliveryP99Ms, int FloodTaken, int FloodRefused);

/// <summary>Measures mail.</summary>
internal static class Mail
{
    public const int Rounds = 5;

    /// <summary>Of one round; what is over the 99th percentile of a few would be chance.</summary>
    private const int RoundMessages = 400;

    /// <summary>The flood's.</summary>
    private const int FloodConnections = 16;

    private const int Users = 1_000;
    private const int Messages = 10_000;

    /// <summary>Agents that send one after the other where one message is measured at a time: one alone would be kept to its pace.</summary>
    private const int Senders = 10;

    public static async Task<MailResult> MeasureAsync(Mesh mesh, CancellationToken cancellationToken)
    {
        await LoadAsync(mesh, "warm", 6_000, cancellationToken);
        await OneByOneAsync(mesh, "alice", "bob", 200, TimeSpan.Zero, cancellationToken);
        var seen = await OneByOneAsync(mesh, "anna", "ben", 500, TimeSpan.Zero, cancellationToken);
        var delivery = await DeliveryAsync(mesh, "ben", cancellationToken);
        var load = await LoadAsync(mesh, "user", Messages, cancellationToken);
        var (quiet, flood) = (new List<double>(), new List<double>());
        var (quietDelivery, floodDelivery) = (new List<double>(), new List<double>());
        var (taken, refused) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var isFlooded in (bool[])[round % 2 == 0, round % 2 == 1])
            {
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var flooding = isFlooded ? FloodAsync(mesh, $"flooder-{round}", stop.Token) : Task.FromResult((Taken: 0, Refused: 0));
                var name = $"{round}-{(isFlooded ? "beside" : "alone")}";
                (isFlooded ? flood : quiet).AddRange(await OneByOneAsync(mesh, $"carol-{name}", $"dave-{name}", RoundMessages, TimeSpan.FromMilliseconds(50), cancellationToken));
                await stop.CancelAsync();
                (isFlooded ? floodDelivery : quietDelivery).AddRange(await DeliveryAsync(mesh, $"dave-{name}", cancellationToken));
                var (more, not) = await flooding;
                (taken, refused) = (taken + more, refused + not);
            }
        }

        var (quietP99, floodP99) = (Measurements.Percentile([.. quiet.Order()], 0.99), Measurements.Percentile([.. flood.Order()], 0.99));
        return new MailResult(
            Measurements.Percentile(delivery, 0.50), Measurements.Percentile(delivery, 0.99), Measurements.Percentile(seen, 0.50), load, quietP99, floodP99, floodP99 / quietP99,
            Measurements.Percentile([.. quietDelivery.Order()], 0.99), Measurements.Percentile([.. floodDelivery.Order()], 0.99), taken, refused);
    }

    /// <summary>One message after the other, each seen on the receiver's WebSocket before the next.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="from">The senders, without their numbers.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="messages">How many.</param>
    /// <param name="every">From one to the next at the earliest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Latencies, milliseconds, rising.</returns>
    private static async Task<double[]> OneByOneAsync(Mesh mesh, string from, string to, int messages, TimeSpan every, CancellationToken cancellationToken)
    {
        using var sender = await LoadConnection.OpenAsync(mesh.Gateway, cancellationToken);
        using var receiver = await SocketConnection.OpenAsync(mesh.Gateway, to, cancellationToken);
        var latencies = new double[messages];
        for (var message = 0; message < messages; message++)
        {
            var sent = Stopwatch.GetTimestamp();
            if (!await sender.SendAsync($"{from}-{message % Senders}", to, "hello", cancellationToken))
                throw new InvalidOperationException("The sender has sent as many as it may.");
            await receiver.ReadAsync("\"received\"", cancellationToken);
            latencies[message] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            if (every - Stopwatch.GetElapsedTime(sent) is { Ticks: > 0 } rest)
                await Task.Delay(rest, cancellationToken);
        }

        Array.Sort(latencies);
        return latencies;
    }

    /// <summary>What the receiver's records say.</summary>
    private static async Task<double[]> DeliveryAsync(Mesh mesh, string receiver, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = mesh.Gateway };
        var all = new List<double>();
        for (var before = ""; ;)
        {
            using var page = JsonDocument.Parse(await http.GetStringAsync(new Uri($"/agent/{receiver}/inbox?limit=100{before}", UriKind.Relative), cancellationToken));
            all.AddRange(page.RootElement.GetProperty("messages").EnumerateArray().Select(
                message => (message.GetProperty("receivedAt").GetDateTimeOffset() - message.GetProperty("sentAt").GetDateTimeOffset()).TotalMilliseconds));
            if (!page.RootElement.TryGetProperty("nextBefore", out var next) || next.ValueKind != JsonValueKind.Number)
                return [.. all.Order()];
            before = $"&before={next.GetInt64()}";
        }
    }

    /// <summary>64 connections send for 1,000 agents, each to its neighbors, until all is delivered.</summary>
    private static async Task<LoadResult> LoadAsync(Mesh mesh, string prefix, int messages, CancellationToken cancellationToken)
    {
        const int Connections = 64;
        var before = mesh.Cpu();
        var latencies = new double[messages];
        var next = -1;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(
            async () =>
            {
                using var connection = await LoadConnection.OpenAsync(mesh.Gateway, cancellationToken);
                while (Interlocked.Increment(ref next) is var number && number < messages)
                {
                    var sent = Stopwatch.GetTimestamp();
                    if (!await connection.SendAsync($"{prefix}-{number % Users}", $"{prefix}-{(number + 1 + number / Users % 3) % Users}", "hello", cancellationToken))
                        throw new InvalidOperationException("A sender has sent as many as it may.");
                    latencies[number] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
                }
            },
            cancellationToken)));
        // Those who sent last: asking all of them would cost as much as what is measured.
        using var http = new HttpClient { BaseAddress = mesh.Gateway };
        for (var number = messages - Connections; number < messages; number++)
        {
            var outbox = new Uri($"/agent/{prefix}-{number % Users}/outbox?limit=2", UriKind.Relative);
            while ((await http.GetStringAsync(outbox, cancellationToken)).Contains("\"pending\"", StringComparison.Ordinal))
                await Task.Delay(10, cancellationToken);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var after = mesh.Cpu();
        var cpu = after.ToDictionary(process => process.Key, process => (process.Value - before[process.Key]) * (1000.0 / messages));
        Array.Sort(latencies);
        return new LoadResult(messages / seconds, Measurements.Percentile(latencies, 0.50), Measurements.Percentile(latencies, 0.99), cpu.Values.Sum(time => time.Total), cpu);
    }

    /// <summary>One agent sends to many as fast as it is let, and is not discouraged.</summary>
    private static async Task<(int Taken, int Refused)> FloodAsync(Mesh mesh, string flooder, CancellationToken stop)
    {
        var (taken, refused, number) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, FloodConnections).Select(_ => Task.Run(
            async () =>
            {
                using var connection = await LoadConnection.OpenAsync(mesh.Gateway, CancellationToken.None);
                while (!stop.IsCancellationRequested)
                {
                    if (await connection.SendAsync(flooder, $"crowd-{Interlocked.Increment(ref number) % 200}", "hello", CancellationToken.None))
                        Interlocked.Increment(ref taken);
                    else
                        Interlocked.Increment(ref refused);
                }
            },
            CancellationToken.None)));
        return (taken, refused);
    }
}
