using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace AgentMesh.Bench;

/// <summary>What a mesh of so many users takes.</summary>
/// <param name="Users">How many were made, with one message each.</param>
/// <param name="CreatedPerSecond">How fast they were made.</param>
/// <param name="MadeBytes">Resident memory of each process when the last one was made.</param>
/// <param name="IdleBytes">The same when no agent is in memory any more.</param>
/// <param name="StoredBytesPerUser">What the store has of one, on disk; of Redis, in its memory.</param>
/// <param name="LoadedBytes">Resident memory of each process after the load, the greatest of its rounds.</param>
/// <param name="MessagesPerSecond">Under load; medians of rounds, as what follows.</param>
/// <param name="P50Ms">Median latency.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="CpuMsPerMessage">User and system time of all processes.</param>
/// <param name="RedisCommandsPerMessage">Commands that Redis ran for a message, those of scripts among them; 0: there is none.</param>
internal sealed record CapacityResult(
    int Users, double CreatedPerSecond, IReadOnlyDictionary<string, long> MadeBytes, IReadOnlyDictionary<string, long> IdleBytes, double StoredBytesPerUser,
    IReadOnlyDictionary<string, long> LoadedBytes, double MessagesPerSecond, double P50Ms, double P99Ms, double CpuMsPerMessage, double RedisCommandsPerMessage);

/// <summary>Meshes of more and more users: memory, disk, and what a message costs when hardly any of them is in memory.</summary>
internal static partial class Capacity
{
    public const int IdleSeconds = 30;

    private const int Connections = 64;
    private const int Rounds = 5;
    private const int MessagesOfARound = 10_000;
    private const int WarmUp = 15_000;

    private static readonly TimeSpan EvictionPatience = TimeSpan.FromMinutes(10);

    /// <summary>Each size has a mesh of its own. All are filled first, and then loaded in turns, so that a slow stretch of the machine falls on all of them.</summary>
    public static async Task<IReadOnlyList<CapacityResult>> MeasureAsync(
        Func<int, Task<(Mesh Mesh, string Data)>> startAsync, IReadOnlyList<int> sizes, string? redis, CancellationToken cancellationToken)
    {
        List<(Mesh Mesh, CapacityResult Filled, List<LoadResult> Rounds, Dictionary<string, long> Loaded, List<double> Commands)> meshes = [];
        try
        {
            foreach (var users in sizes)
            {
                var (mesh, data) = await startAsync(users);
                meshes.Add((mesh, await FillAsync(mesh, data, users, redis, cancellationToken), [], [], []));
                Console.WriteLine($"  {users:N0} users are there");
            }

            for (var round = 0; round <= Rounds; round++)
            {
                foreach (var (mesh, filled, rounds, loaded, commands) in meshes)
                {
                    var before = await CommandsAsync(redis, cancellationToken);
                    var count = round == 0 ? WarmUp : MessagesOfARound;
                    var random = new Random(round);
                    var order = Enumerable.Range(0, count).Select(_ => $"user-{random.Next(filled.Users).ToString(CultureInfo.InvariantCulture)}").ToArray();
                    var load = await Measurements.LoadAsync(mesh, Connections, order, "hello", cancellationToken);
                    foreach (var (name, pid) in mesh.Processes)
                        loaded[name] = Math.Max(loaded.GetValueOrDefault(name), ProcessUsage.ResidentBytes(pid));
                    // The first one warms up.
                    if (round == 0)
                        continue;
                    rounds.Add(load);
                    commands.Add((await CommandsAsync(redis, cancellationToken) - before) / (double)count);
                }
            }

            return [.. meshes.Select(mesh => mesh.Filled with
            {
                LoadedBytes = mesh.Loaded,
                MessagesPerSecond = McpDoor.Median(mesh.Rounds.Select(round => round.MessagesPerSecond)),
                P50Ms = McpDoor.Median(mesh.Rounds.Select(round => round.P50Ms)),
                P99Ms = McpDoor.Median(mesh.Rounds.Select(round => round.P99Ms)),
                CpuMsPerMessage = McpDoor.Median(mesh.Rounds.Select(round => round.CpuMsPerMessage)),
                RedisCommandsPerMessage = McpDoor.Median(mesh.Commands),
            })];
        }
        finally
        {
            foreach (var (mesh, _, _, _, _) in meshes)
                await mesh.DisposeAsync();
        }
    }

    private static async Task<CapacityResult> FillAsync(Mesh mesh, string data, int users, string? redis, CancellationToken cancellationToken)
    {
        var had = await StoredAsync(data, redis, cancellationToken);
        var began = Stopwatch.GetTimestamp();
        await Measurements.LoadAsync(mesh, Connections, [.. Enumerable.Range(0, users).Select(n => $"user-{n.ToString(CultureInfo.InvariantCulture)}")], "hello", cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var made = Resident(mesh);
        if (await mesh.WaitForNoActorsAsync("agents", EvictionPatience, cancellationToken) is > 0 and var active)
            throw new InvalidOperationException($"{active} actors are still in memory {EvictionPatience.TotalMinutes:0} minutes after the last message.");
        return new CapacityResult(
            users, users / seconds, made, Resident(mesh), (await StoredAsync(data, redis, cancellationToken) - had) / (double)users, new Dictionary<string, long>(), 0, 0, 0, 0, 0);
    }

    private static Dictionary<string, long> Resident(Mesh mesh) => mesh.Processes.ToDictionary(process => process.Key, process => ProcessUsage.ResidentBytes(process.Value));

    private static async Task<long> StoredAsync(string data, string? redis, CancellationToken cancellationToken) => redis is null
        ? new DirectoryInfo(data).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
        : long.Parse(UsedMemory().Match(await InfoAsync(redis, "memory", cancellationToken)).Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    /// <summary>Commands that Redis has run so far, those of scripts among them.</summary>
    private static async Task<long> CommandsAsync(string? redis, CancellationToken cancellationToken) =>
        redis is null ? 0 : long.Parse(Processed().Match(await InfoAsync(redis, "stats", cancellationToken)).Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    private static async Task<string> InfoAsync(string redis, string section, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(redis), cancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"INFO {section}\r\nQUIT\r\n"), cancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    [GeneratedRegex(@"^used_memory:(\d+)", RegexOptions.Multiline)]
    private static partial Regex UsedMemory();

    [GeneratedRegex(@"^total_commands_processed:(\d+)", RegexOptions.Multiline)]
    private static partial Regex Processed();
}
