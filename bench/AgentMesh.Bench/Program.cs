using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using AgentMesh.Bench;

if (args is [Hops.Argument, .. var role])
{
    await Hops.ServeAsync(role);
    return 0;
}

var messages = new Option<int>("--messages") { Description = "Messages of the load measurement.", DefaultValueFactory = _ => 40_000 };
var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 64 };
var users = new Option<int>("--users") { DefaultValueFactory = _ => 1_000 };
var sizes = new Option<int[]>("--sizes") { Description = "Users of the meshes whose capacity is measured.", DefaultValueFactory = _ => [1_000, 10_000, 100_000], AllowMultipleArgumentsPerToken = true };
var agents = new Option<int>("--agents") { Description = "Agents of the memory measurement.", DefaultValueFactory = _ => 10_000 };
var only = new Option<string[]>("--only") { Description = "start, load, history, memory (these by default), hops, beside, capacity, mcp, mail, slow, sockets, idle, broadcast, cold, verify, actorcall, reminders, reminders-kill.", AllowMultipleArgumentsPerToken = true };
var beside = new Option<string[]>("--beside") { Description = "Of --only beside, for each mesh beside this one: the folder of another built checkout, NAME=value for its environment, or both with a comma." };
var redis = new Option<string?>("--redis") { Description = "HOST:PORT of a Redis in place of the embedded store. Its CPU is not counted." };
var seed = new Option<int>("--seed") { Description = "Of the moments of kills.", DefaultValueFactory = _ => Environment.TickCount };
var output = new Option<FileInfo>("--json") { DefaultValueFactory = _ => new FileInfo("bench/results/latest.json") };
var command = new RootCommand("Measures the mesh: messages/s, latency and CPU per message, cost by length of history, memory per agent.")
{
    messages, connections, users, sizes, agents, only, beside, redis, seed, output,
};
command.SetAction(async (parsed, cancellationToken) =>
{
    var root = FindRoot();
    var data = Directory.CreateTempSubdirectory("agentmesh-bench-").FullName;
    var wanted = parsed.GetValue(only) is { Length: > 0 } some ? some.ToHashSet() : ["start", "load", "history", "memory"];
    var results = new Dictionary<string, object>();
    try
    {
        if (wanted.Overlaps(["load", "history", "hops"]))
        {
            await using var mesh = await Mesh.StartAsync(root, Path.Combine(data, "load"), parsed.GetValue(redis), cancellationToken);
            results["store"] = mesh.Store.Split(':')[0];
            await Measurements.LoadAsync(mesh, parsed.GetValue(connections), parsed.GetValue(users), Math.Min(parsed.GetValue(messages), 15_000), "hello", cancellationToken);
            if (wanted.Contains("hops"))
                await ReportHopsAsync(mesh, cancellationToken);
            if (wanted.Contains("load"))
                ReportLoad(await Measurements.LoadAsync(mesh, parsed.GetValue(connections), parsed.GetValue(users), parsed.GetValue(messages), "hello", cancellationToken));
            if (wanted.Contains("history"))
                ReportHistory(await Measurements.HistoryAsync(mesh, [10, 1_000, 10_000], 400, cancellationToken));
        }

        if (wanted.Contains("start"))
            await ReportStartAsync(root, Path.Combine(data, "start"), cancellationToken);
        if (wanted.Contains("memory"))
        {
            await using var mesh = await Mesh.StartAsync(root, Path.Combine(data, "memory"), parsed.GetValue(redis), cancellationToken);
            var (perAgent, resident) = await Measurements.MemoryAsync(mesh, parsed.GetValue(agents), cancellationToken);
            results["memory"] = new { agents = parsed.GetValue(agents), bytesPerAgent = perAgent, residentMiB = resident.ToDictionary(process => process.Key, process => process.Value / 1048576.0) };
            Console.WriteLine($"memory     {perAgent / 1024,10:0.0} KiB per activated agent (20 messages of 200 bytes)   resident MiB: {string.Join(", ", resident.Select(process => $"{process.Key} {process.Value / 1048576.0:0}"))}");
        }

        if (wanted.Contains("beside"))
        {
            results["beside"] = await Beside.MeasureAsync(
                parsed.GetValue(beside) ?? [],
                (number, folder, environment) => Mesh.StartAsync(folder ?? root, Path.Combine(data, $"beside-{number}"), parsed.GetValue(redis), environment, cancellationToken),
                LoadInTurnAsync);
        }

        if (wanted.Contains("capacity"))
        {
            ReportCapacity(await Capacity.MeasureAsync(
                async size =>
                {
                    var folder = Path.Combine(data, $"capacity-{size}");
                    return (await Mesh.StartAsync(root, folder, parsed.GetValue(redis), cancellationToken, "--set", $"AgentMesh__Actors__IdleTimeoutSeconds={Capacity.IdleSeconds}"), folder);
                },
                parsed.GetValue(sizes)!, parsed.GetValue(redis), cancellationToken));
        }

        if (wanted.Contains("mcp"))
        {
            await using var mesh = await Mesh.StartAsync(root, Path.Combine(data, "mcp"), parsed.GetValue(redis), cancellationToken);
            ReportMcp(await McpDoor.CompareAsync(mesh, cancellationToken));
        }

        if (wanted.Contains("mail"))
        {
            await using var mesh = await Mesh.StartAsync(
                root, Path.Combine(data, "mail"), parsed.GetValue(redis), cancellationToken);
            ReportMail(await Mail.MeasureAsync(mesh, cancellationToken));
        }

        if (wanted.Contains("slow"))
        {
            await using var mesh = await Mesh.StartAsync(root, Path.Combine(data, "slow"), parsed.GetValue(redis), cancellationToken);
            var slow = await SlowClients.MeasureAsync(mesh, 1_000, cancellationToken);
            results["slow"] = slow;
            Console.WriteLine($"slow       a message's p99 {slow.AloneP99Ms:0.0} ms, beside {slow.Clients:N0} slow clients {slow.BesideP99Ms:0.0} ms ({slow.Ratio:0.00}); p50 {slow.AloneP50Ms:0.0} and {slow.BesideP50Ms:0.0} ms; {SlowClients.Rounds} rounds in turns, {slow.Connections:N0} slow connections");
        }

        if (wanted.Contains("sockets"))
        {
            await using var mesh = await Mesh.StartAsync(root, Path.Combine(data, "sockets"), parsed.GetValue(redis), cancellationToken);
            ReportSockets(await Sockets.RoundTripsAsync(mesh, 200, 40_000, cancellationToken));
        }

        if (wanted.Overlaps(["idle", "broadcast", "cold"]))
        {
            await using var mesh = await Mesh.StartAsync(
                root, Path.Combine(data, "idle"), parsed.GetValue(redis), cancellationToken, "--set", "AgentMesh__Actors__IdleTimeoutSeconds=2");
            if (wanted.Contains("cold"))
                ReportCold(await Sockets.ColdAsync(mesh, [10, 1_000, 10_000], 20, 6, cancellationToken));
            if (wanted.Contains("idle"))
                ReportIdle(await Sockets.IdleAsync(mesh, 2_000, cancellationToken));
            if (wanted.Contains("broadcast"))
                ReportBroadcast(await Sockets.BroadcastAsync(mesh, 1_000, 20, cancellationToken));
        }

        if (wanted.Contains("verify"))
            ReportVerification(Verification.MeasureCpuMs(10_000));

        var probe = new ProbeBench(root, data, parsed.GetValue(redis));
        if (wanted.Contains("actorcall"))
            results["actorcall"] = await probe.ActorCallsAsync(200, 60, cancellationToken);
        if (wanted.Contains("reminders"))
            results["reminders"] = await probe.RemindersAsync(cancellationToken);
        if (wanted.Contains("reminders-kill"))
            results["remindersKill"] = await probe.RemindersUnderKillsAsync(parsed.GetValue(seed), cancellationToken);
    }
    finally
    {
        Directory.Delete(data, recursive: true);
    }

    var file = new FileInfo(Path.Combine(root, parsed.GetValue(output)!.ToString()));
    file.Directory!.Create();
    await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(results, Indented.Options), cancellationToken);
    Console.WriteLine($"written to {Path.GetRelativePath(root, file.FullName)}");

    void ReportLoad(LoadResult load)
    {
        results["load"] = load;
        Console.WriteLine($"load       {load.MessagesPerSecond,10:0} messages/s   p50 {load.P50Ms:0.0} ms   p99 {load.P99Ms:0.0} ms");
        Console.WriteLine($"CPU        {load.CpuMsPerMessage,10:0.000} ms per message   {string.Join(", ", load.CpuMsByProcess.Select(process => $"{process.Key} {process.Value.Total:0.000} (user {process.Value.User:0.000})"))}");
    }

    async Task ReportHopsAsync(Mesh mesh, CancellationToken cancellationToken)
    {
        const int Rounds = 5;
        await using var http1 = await Hops.StartAsync(isHttp2: false, cancellationToken);
        await using var http2 = await Hops.StartAsync(isHttp2: true, cancellationToken);
        string[] names = ["mesh", "hops", "hops h2c"];
        var all = await Measurements.InTurnsAsync([mesh, http1, http2], Rounds, LoadInTurnAsync);
        results["hops"] = names.Zip(all).ToDictionary(one => one.First, one => one.Second);
        var bare = McpDoor.Median(all[1].Select(load => load.CpuMsPerMessage));
        foreach (var (name, rounds) in names.Zip(all))
            Console.WriteLine($"{name,-10} {Measurements.Medians(rounds, McpDoor.Median(rounds.Select(load => load.CpuMsPerMessage)) / bare)}; medians of {Rounds} rounds in turns");
    }

    Task<LoadResult> LoadInTurnAsync(ILoaded loaded) =>
        Measurements.LoadAsync(loaded, parsed.GetValue(connections), parsed.GetValue(users), parsed.GetValue(messages) / 4, "hello", cancellationToken);

    void ReportHistory(IReadOnlyDictionary<int, double> p50)
    {
        results["historyP50Ms"] = p50;
        Console.WriteLine($"history    {string.Join("   ", p50.Select(entry => $"{entry.Key} messages: p50 {entry.Value:0.00} ms"))}   ratio {p50[10_000] / p50[10]:0.00}");
    }

    void ReportCapacity(IReadOnlyList<CapacityResult> meshes)
    {
        results["capacity"] = meshes;
        foreach (var mesh in meshes)
        {
            Console.WriteLine($"capacity   {mesh.Users,10:N0} users, made at {mesh.CreatedPerSecond:0}/s   {mesh.StoredBytesPerUser / 1024:0.0} KiB stored each   resident MiB: made {Sum(mesh.MadeBytes)}, idle {Sum(mesh.IdleBytes)}, under load {Sum(mesh.LoadedBytes)}");
            Console.WriteLine($"           {mesh.MessagesPerSecond,10:0} messages/s   p50 {mesh.P50Ms:0.0} ms   p99 {mesh.P99Ms:0.0} ms ({mesh.P99Ms / meshes[0].P99Ms:0.00})   {mesh.CpuMsPerMessage:0.000} ms CPU per message{(mesh.RedisCommandsPerMessage > 0 ? $"   {mesh.RedisCommandsPerMessage:0.0} commands of Redis" : "")}");
        }
    }

    static string Sum(IReadOnlyDictionary<string, long> bytes) =>
        $"{bytes.Values.Sum() / 1048576.0:0} ({string.Join(", ", bytes.Select(process => $"{process.Key} {process.Value / 1048576.0:0}"))})";

    void ReportMcp(McpResult compared)
    {
        results["mcp"] = compared;
        ReportDoor("POST", compared.Http);
        ReportDoor("MCP", compared.Mcp);
        Console.WriteLine($"MCP / POST {compared.RateRatio,10:0.00} of the rate   {compared.P99Ratio:0.00} of the p99; medians of {compared.Http.Count} rounds");
    }

    static void ReportDoor(string name, IReadOnlyList<LoadResult> rounds) => Console.WriteLine(
        $"{name,-10} {McpDoor.Median(rounds.Select(round => round.MessagesPerSecond)),10:0} messages/s   p50 {McpDoor.Median(rounds.Select(round => round.P50Ms)):0.0} ms   " +
        $"p99 {McpDoor.Median(rounds.Select(round => round.P99Ms)):0.0} ms   {McpDoor.Median(rounds.Select(round => round.CpuMsPerMessage)):0.000} ms CPU per message");

    void ReportMail(MailResult mail)
    {
        results["mail"] = mail;
        Console.WriteLine($"mail       p50 {mail.DeliveryP50Ms:0} ms   p99 {mail.DeliveryP99Ms:0} ms from stored at the sender to stored at the receiver; p50 {mail.SeenP50Ms:0.0} ms from the request to the receiver's WebSocket");
        Console.WriteLine($"           {mail.Load.MessagesPerSecond,10:0} messages/s of 1,000 agents, sent and delivered   {mail.Load.CpuMsPerMessage:0.000} ms CPU per message   {string.Join(", ", mail.Load.CpuMsByProcess.Select(process => $"{process.Key} {process.Value.Total:0.000}"))}");
        Console.WriteLine($"flood      p99 of another agent's mail {mail.QuietP99Ms:0.0} ms, beside a flood {mail.FloodP99Ms:0.0} ms ({mail.FloodRatio:0.00}); {Mail.Rounds} rounds in turns; stored to stored {mail.QuietDeliveryP99Ms:0} and {mail.FloodDeliveryP99Ms:0} ms; the flood had {mail.FloodTaken} messages taken and {mail.FloodRefused} refused");
    }

    void ReportSockets(SocketResult sockets)
    {
        results["sockets"] = sockets;
        Console.WriteLine($"sockets    {sockets.MessagesPerSecond,10:0} messages/s over 200 WebSockets   p50 {sockets.P50Ms:0.0} ms   p99 {sockets.P99Ms:0.0} ms");
        Console.WriteLine($"CPU        {sockets.CpuMsByProcess.Values.Sum(time => time.Total),10:0.000} ms per message   {string.Join(", ", sockets.CpuMsByProcess.Select(process => $"{process.Key} {process.Value.Total:0.000} (user {process.Value.User:0.000})"))}");
    }

    void ReportCold(IReadOnlyDictionary<int, double> p50)
    {
        results["coldP50Ms"] = p50;
        Console.WriteLine($"cold       {string.Join("   ", p50.Select(entry => $"{entry.Key} messages: p50 {entry.Value:0.00} ms"))}   ratio of the last two {p50[10_000] / p50[1_000]:0.00}");
    }

    void ReportIdle((double BytesPerSocket, int ActiveActors) idle)
    {
        results["idle"] = new { bytesPerSocket = idle.BytesPerSocket, activeActors = idle.ActiveActors };
        Console.WriteLine($"idle       {idle.BytesPerSocket / 1024,10:0.0} KiB of the gateway per idle WebSocket, {idle.ActiveActors} active actors");
    }

    void ReportBroadcast((double P50Ms, double P99Ms) broadcast)
    {
        results["broadcast"] = new { p50Ms = broadcast.P50Ms, p99Ms = broadcast.P99Ms };
        Console.WriteLine($"broadcast  to 1,000 WebSockets of one user   p50 {broadcast.P50Ms:0.0} ms   p99 {broadcast.P99Ms:0.0} ms");
    }

    void ReportVerification(double cpuMs)
    {
        results["verify"] = new { cpuMs };
        Console.WriteLine($"verify     {cpuMs,10:0.000} ms CPU to read and judge a payment");
    }

    async Task ReportStartAsync(string root, string data, CancellationToken cancellationToken)
    {
        await using (var mesh = await Mesh.StartAsync(root, data, parsed.GetValue(redis), cancellationToken))
            await Measurements.LoadAsync(mesh, 16, 1_000, 2_000, "hello", cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await using var again = await Mesh.StartAsync(root, data, parsed.GetValue(redis), cancellationToken);
        using var connection = await LoadConnection.OpenAsync(again.Gateway, cancellationToken);
        await connection.PostAsync("user-1", "hello", cancellationToken);
        var first = Stopwatch.GetElapsedTime(started);
        results["start"] = new { readySeconds = again.StartTime.TotalSeconds, firstAnswerSeconds = first.TotalSeconds };
        Console.WriteLine($"start      {first.TotalSeconds,10:0.00} s to the first answer with 1,000 agents stored (ready after {again.StartTime.TotalSeconds:0.00} s)");
    }
});
return await command.Parse(args).InvokeAsync();

static string FindRoot()
{
    for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "AgentMesh.sln")))
            return folder.FullName;
    }

    throw new InvalidOperationException("Run this from a checkout: no AgentMesh.sln above the executable.");
}

internal static class Indented
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };
}
