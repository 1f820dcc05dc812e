using System.Diagnostics;
using System.Text.Json;
using AgentMesh.Sidecar.Tests.Launcher;

namespace AgentMesh.Sidecar.Tests.Daprd;

/// <summary>The launcher with <c>--layout daprd</c>: real processes from the command line to the exit.</summary>
public sealed class DaprdLayoutTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_StartsSupervisesAndStopsPairs()
    {
        await using var mesh = await DaprdMesh.StartAsync();
        var file = mesh.Tree.Write("dapr.yaml", $"""
            version: 1
            common:
              resourcesPaths: [resources]
            apps:
              - appID: host
                appDirPath: .
                appPort: 1
                command: [{string.Join(", ", StubProcess.Command)}]
            """);
        var readyFile = mesh.Tree.At("ready.json");
        using var run = Start(mesh, "run", "-f", file, "--layout", "daprd", "--redis", mesh.Endpoint, "--data", mesh.Tree.At("data"), "--ready-file", readyFile, "--free-ports", "--replicas", "host=2");
        // A run outlives a test that fails, and would keep everybody waiting who reads its output.
        using var ended = new Ended(run);
        var (first, second) = await ReadyAsync(run, readyFile, _ => true);

        // Each has a sidecar of its own, under the name that the tools look for, which knows what it belongs to.
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("dapr-api-token", "token");
        var metadata = JsonDocument.Parse(await client.GetStringAsync($"http://127.0.0.1:{first.DaprHttpPort}/v1.0/metadata", Token)).RootElement;
        var extended = metadata.GetProperty("extended");
        Assert.Equal(
            ($"{run.Id}", $"{first.Pid}", string.Join(' ', StubProcess.Command), file, "dapr.yaml"),
            (Text("cliPID"), Text("appPID"), Text("appCommand"), Text("runTemplatePath"), Text("runTemplateName")));
        Assert.Equal(2, Sidecars(run.Id).Count);
        Assert.Contains($"--app-id host --dapr-http-port {first.DaprHttpPort} ", CommandLine(SidecarOf(run.Id, first)), StringComparison.Ordinal);

        // The launcher's dashboard asks each of them.
        var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(readyFile, Token)).RootElement.GetProperty("dashboard").GetString();
        var app = JsonDocument.Parse(await client.GetStringAsync($"{dashboard}/api/apps/host", Token)).RootElement;
        Assert.Equal(["host", "host"], app.GetProperty("metadata").EnumerateArray().Select(each => each.GetProperty("id").GetString()!));
        var processes = JsonDocument.Parse(await client.GetStringAsync($"{dashboard}/api/mesh", Token)).RootElement.GetProperty("processes");
        Assert.Equal(
            [("healthy", first.Pid), ("healthy", second.Pid)],
            processes.EnumerateArray().Select(process => (process.GetProperty("state").GetString()!, process.GetProperty("pid").GetInt32())));
        var metrics = await client.GetStringAsync($"{dashboard}/metrics", Token);
        foreach (var replica in (string[])["0", "1"])
        {
            Assert.Contains(metrics.Split('\n'), line => line.StartsWith("dapr_http_server_request_count{", StringComparison.Ordinal)
                && line.Contains("app_id=\"host\"", StringComparison.Ordinal) && line.Contains($"replica=\"{replica}\"", StringComparison.Ordinal));
        }

        // One of a pair dies: both are started again, and the other pair is left alone.
        var sidecar = SidecarOf(run.Id, first);
        Kill(sidecar);
        (first, var untouched) = await ReadyAsync(run, readyFile, apps => apps.First.Pid != first.Pid);
        Assert.Equal(second, untouched);
        Assert.NotEqual(sidecar, SidecarOf(run.Id, first));

        sidecar = SidecarOf(run.Id, second);
        Kill(second.Pid);
        (_, var successor) = await ReadyAsync(run, readyFile, apps => apps.Second.Pid != second.Pid);
        Assert.Equal(second with { Pid = successor.Pid }, successor);
        Assert.NotEqual(sidecar, SidecarOf(run.Id, successor));

        var all = Sidecars(run.Id).Append(first.Pid).Append(successor.Pid).ToList();
        using (var kill = Process.Start("kill", ["-TERM", $"{run.Id}"]))
            await kill.WaitForExitAsync(Token);
        await run.WaitForExitAsync(Token);
        Assert.Equal(0, run.ExitCode);
        Assert.All(all, pid => Assert.False(Directory.Exists($"/proc/{pid}"), $"process {pid} is left"));
        Assert.Equal(0, await mesh.Redis.SortedSetLengthAsync("agentmesh:registry:default:members"));

        string Text(string name) => extended.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task WithoutRedis_ItIsRefused()
    {
        using var run = Start(null, "run", "--layout", "daprd");
        await run.WaitForExitAsync(Token);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--layout daprd needs --redis", await run.StandardError.ReadToEndAsync(Token), StringComparison.Ordinal);
    }

    private static Process Start(DaprdMesh? mesh, params string[] arguments)
    {
        var program = Path.Combine(Path.GetDirectoryName(DaprdProcess.Program)!, "AgentMesh.Sidecar");
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, WorkingDirectory = mesh?.Tree.Path ?? Path.GetTempPath() };
        start.Environment["DAPR_API_TOKEN"] = "token";
        start.Environment["HOME"] = mesh?.Tree.Path ?? Path.GetTempPath();
        return Process.Start(start)!;
    }

    private static async Task<(App First, App Second)> ReadyAsync(Process run, string file, Func<(App First, App Second), bool> wanted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        while (true)
        {
            Assert.False(run.HasExited, "the run has ended");
            if (File.Exists(file) && JsonDocument.Parse(await File.ReadAllTextAsync(file, limit.Token)).RootElement.GetProperty("apps").Deserialize<App[]>(JsonSerializerOptions.Web) is [var first, var second]
                && wanted((first, second)))
                return (first, second);
            await Task.Delay(50, limit.Token);
        }
    }

    private static int SidecarOf(int run, App app) =>
        Assert.Single(Sidecars(run), pid => CommandLine(pid).Contains($"--dapr-http-port {app.DaprHttpPort} ", StringComparison.Ordinal));

    private static List<int> Sidecars(int run) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(int.Parse!)
            .Where(pid => Read(pid, "comm").Trim() == "daprd" && Read(pid, "stat").Split(')')[^1].Split(' ') is [_, not "Z", var parent, ..] && parent == $"{run}"),
    ];

    private static string CommandLine(int pid) => Read(pid, "cmdline").Replace('\0', ' ');

    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (IOException)
        {
            return ")"; // ended meanwhile
        }
    }

    private static void Kill(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
    }

    private sealed class Ended(Process run) : IDisposable
    {
        public void Dispose()
        {
            if (!run.HasExited)
                run.Kill(entireProcessTree: true);
        }
    }

    private sealed record App(string Id, int Pid, int AppPort, int DaprHttpPort, int DaprGrpcPort);
}
