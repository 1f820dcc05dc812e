using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentMesh.EndToEnd;

/// <summary>
/// The mesh as a user starts it: the sidecar's executable, real processes, real ports. Stored numbers are rounded as real daprd with
/// Redis rounds them: what the mesh stores has to survive that.
/// </summary>
internal sealed class Mesh : IAsyncDisposable
{
    /// <summary>The first start of a run builds the apps.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(4);

    // Meshes start one at a time: the first one builds, and a build must not race another.
    private static readonly SemaphoreSlim Starting = new(1, 1);

    private readonly Process _process;
    private readonly string _readyFile;
    private readonly List<string> _output = [];

    private Mesh(Process process, string readyFile)
    {
        _process = process;
        _readyFile = readyFile;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The repository.</summary>
    public static string Root => Path.GetFullPath(Metadata("Root"));

    /// <summary>What callers of the Dapr ports have to show.</summary>
    public static string DaprToken { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The executable under test.</summary>
    public static string SidecarDll => Path.GetFullPath(Metadata("SidecarDll"));

    /// <summary>The terminal client's executable.</summary>
    public static string CliDll => Path.GetFullPath(Metadata("CliDll"));

    public ReadyFile Ready { get; private set; } = null!;

    /// <summary>Each line that the sidecar and its apps print, from now on.</summary>
    public event Action<string>? Printed;

    public int SidecarPid => _process.Id;

    public string ReadyFilePath => _readyFile;

    /// <summary>What the sidecar printed, for failures.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    public static async Task<Mesh> StartAsync(string data, string? redis = null, string readyFile = "ready.json", params string[] options)
    {
        await Starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            var ready = Path.Combine(data, readyFile);
            Directory.CreateDirectory(data);
            File.Delete(ready);
            List<string> arguments = [SidecarDll, "run", "--data", data, "--free-ports", "--ready-file", ready, "--state-fidelity", "daprd", "--set", "AgentMesh__RateLimit__Enabled=false", "--set", "AgentMesh__Wallets__StartingUsdc=0", .. options];
            if (redis is not null)
                arguments.AddRange(["--redis", redis]);
            var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["DAPR_API_TOKEN"] = DaprToken;
            // Processes that live for seconds: measuring their code to make it fast took a tenth of all tests' time.
            start.Environment["DOTNET_TieredPGO"] = "0";
            var mesh = new Mesh(Process.Start(start)!, ready);
            try
            {
                mesh.Ready = await mesh.WaitForReadyAsync(_ => true, StartTimeout);
                return mesh;
            }
            catch
            {
                await mesh.DisposeAsync();
                throw;
            }
        }
        finally
        {
            Starting.Release();
        }
    }

    /// <summary>Waits until the ready file says what is wanted; the file is replaced by rename, and that is the signal waited for.</summary>
    public async Task<ReadyFile> WaitForReadyAsync(Func<ReadyFile, bool> wanted, TimeSpan timeout)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(timeout);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(_readyFile)!);
        var changed = new SemaphoreSlim(0);
        watcher.Renamed += (_, _) => changed.Release();
        watcher.Created += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        var exited = _process.WaitForExitAsync(limit.Token);
        while (true)
        {
            if (ReadyFile.TryRead(_readyFile) is { } file && wanted(file))
                return Ready = file;
            try
            {
                // Signals may be missed before the watcher is up; the second bounds that.
                var signal = changed.WaitAsync(TimeSpan.FromSeconds(1), limit.Token);
                if (await Task.WhenAny(signal, exited) == exited && _process.HasExited)
                    throw new InvalidOperationException($"The sidecar ended with {_process.ExitCode}:\n{Output}");
                await signal;
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"Not ready within {timeout}:\n{Output}");
            }
        }
    }

    /// <summary>True while the process runs; a zombie that nobody has waited for does not.</summary>
    public static bool IsRunning(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Active agents as the Dapr metadata of the agents' sidecar counts them.</summary>
    public Task<int> ActiveAgentsAsync() => ActiveActorsAsync("AgentActor");

    /// <summary>Active actors of a type, or of all types.</summary>
    public async Task<int> ActiveActorsAsync(string? type = null)
    {
        using var answer = await SendToDaprAsync(HttpMethod.Get, "metadata");
        answer.EnsureSuccessStatusCode();
        var metadata = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        // A type without active actors is not listed, and without any neither is the list.
        return metadata.GetProperty("actorRuntime").TryGetProperty("activeActors", out var types)
            ? types.EnumerateArray().Where(active => type is null || active.GetProperty("type").GetString() == type).Sum(active => active.GetProperty("count").GetInt32())
            : 0;
    }

    /// <summary>Reminders of agents, or of another type, as the dashboard lists them; at most a page of them.</summary>
    public async Task<IReadOnlyList<string>> RemindersAsync(string type = "AgentActor")
    {
        using var http = new HttpClient();
        var page = await http.GetFromJsonAsync<JsonElement>(new Uri(Ready.Dashboard, $"/api/reminders?type={type}&limit=200"), TestContext.Current.CancellationToken);
        return [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!)];
    }

    /// <summary>Takes a reminder of an agent, or of another type, away behind everybody's back, as a lost scheduler does.</summary>
    public async Task LoseReminderAsync(string id, string name, string type = "AgentActor")
    {
        // Only the app that hosts a type may.
        using var answer = await SendToDaprAsync(HttpMethod.Delete, $"actors/{type}/{id}/reminders/{name}", type == "PaymentActor" ? "payments" : "agents");
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The tenants that have due work, as the registry in the state store lists them.</summary>
    public async Task<IReadOnlyList<string>> TenantsWithDueWorkAsync()
    {
        using var answer = await SendToDaprAsync(HttpMethod.Get, "state/statestore/due-tenants");
        answer.EnsureSuccessStatusCode();
        if (answer.StatusCode == System.Net.HttpStatusCode.NoContent)
            return [];
        var registry = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return [.. registry.GetProperty("tenants").EnumerateArray().Select(tenant => tenant.GetProperty("tenant").GetString()!)];
    }

    /// <summary>Whether the sweep's index of open payments has one.</summary>
    public async Task<bool> IsOpenPaymentAsync(string id)
    {
        // Keys are an app's own.
        using var answer = await SendToDaprAsync(HttpMethod.Get, $"state/statestore/open-payments:{id[0]}", "payments");
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains(id, StringComparison.Ordinal);
    }

    /// <summary>Calls an agent through its sidecar, past the gateway.</summary>
    public async Task<JsonElement> CallAgentAsync(string id, string method)
    {
        using var answer = await SendToDaprAsync(HttpMethod.Put, $"actors/AgentActor/{id}/method/{method}");
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>A record of an active agent, as the store has it.</summary>
    public async Task<JsonElement> StateAsync(string id, string key)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("dapr-api-token", DaprToken);
        return JsonElement.Parse(await client.GetStringAsync(
            new Uri($"http://127.0.0.1:{Ready.App("agents").DaprHttpPort}/v1.0/actors/AgentActor/{id}/state/{key}"), TestContext.Current.CancellationToken));
    }

    /// <summary>Stores a record of an actor that was called before, past its app; the app finds it when it is started anew.</summary>
    public async Task SetStateAsync(string id, string key, JsonNode value)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("dapr-api-token", DaprToken);
        var operations = new JsonArray(new JsonObject { ["operation"] = "upsert", ["request"] = new JsonObject { ["key"] = key, ["value"] = value } });
        using var answer = await client.PostAsJsonAsync(
            new Uri($"http://127.0.0.1:{Ready.App("agents").DaprHttpPort}/v1.0/actors/AgentActor/{id}/state"), operations, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>SIGKILL of one process of the mesh.</summary>
    public static void Kill(int pid) => Process.GetProcessById(pid).Kill();

    /// <summary>SIGKILL of a process of the mesh, or SIGTERM; waits until all are there again.</summary>
    /// <param name="app">The process.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="isKill">False: SIGTERM.</param>
    public async Task ReplaceAsync(ReadyApp app, int seconds = 30, bool isKill = true)
    {
        var processes = Ready.Apps.Count;
        if (isKill)
            Kill(app.Pid);
        else
            await TerminateAsync(app.Pid);
        await WaitForReadyAsync(ready => ready.Apps.Count == processes && ready.Apps.All(one => one.Pid != app.Pid), TimeSpan.FromSeconds(seconds));
    }

    /// <summary>SIGTERM of one process.</summary>
    private static async Task TerminateAsync(int pid)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{pid}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>SIGKILL of the sidecar; the apps are left behind.</summary>
    public async Task KillSidecarAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until the sidecar has ended, which somebody else has seen to.</summary>
    public Task WaitForEndAsync() => _process.WaitForExitAsync(TestContext.Current.CancellationToken);

    /// <summary>SIGTERM, as a supervisor or `kill` sends it; the exit code.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> StopAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await TerminateAsync(_process.Id);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(limit.Token);
        return (_process.ExitCode, Stopwatch.GetElapsedTime(started));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await StopAsync();
        // After a SIGKILL of the sidecar the apps are still there, and they are ours to end.
        foreach (var app in Ready?.Apps ?? [])
        {
            try
            {
                using var process = Process.GetProcessById(app.Pid);
                if (process.ProcessName == "dotnet")
                    process.Kill();
            }
            catch (ArgumentException)
            {
                // Gone already.
            }
        }

        _process.Dispose();
    }

    /// <summary>Calls the sidecar of an app.</summary>
    private async Task<HttpResponseMessage> SendToDaprAsync(HttpMethod method, string path, string app = "agents")
    {
        var port = Ready.Apps.First(one => one.Id == app).DaprHttpPort;
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/v1.0/{path}"));
        request.Headers.Add("dapr-api-token", DaprToken);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string Metadata(string key) =>
        typeof(Mesh).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == key).Value!;

    private void Keep(string? line)
    {
        if (line is not null)
            Printed?.Invoke(line);
        const int Kept = 200;
        lock (_output)
        {
            if (line is not null)
                _output.Add(line);
            if (_output.Count > Kept)
                _output.RemoveAt(0);
        }
    }
}

/// <summary>The ready file, read as tools read it.</summary>
internal sealed record ReadyFile(Uri Gateway, IReadOnlyList<Uri> Gateways, Uri Dashboard, string Store, int SidecarPid, IReadOnlyList<ReadyApp> Apps)
{
    public ReadyApp App(string id) => Apps.Single(app => app.Id == id);

    public static ReadyFile? TryRead(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            return new ReadyFile(
                new Uri(root.GetProperty("gateway").GetString()!),
                [.. root.GetProperty("gateways").EnumerateArray().Select(gateway => new Uri(gateway.GetString()!))],
                new Uri(root.GetProperty("dashboard").GetString()!),
                root.GetProperty("store").GetString()!, root.GetProperty("sidecarPid").GetInt32(),
                [.. root.GetProperty("apps").EnumerateArray().Select(app => new ReadyApp(
                    app.GetProperty("id").GetString()!, app.GetProperty("pid").GetInt32(), app.GetProperty("appPort").GetInt32(),
                    app.GetProperty("daprHttpPort").GetInt32(), app.GetProperty("daprGrpcPort").GetInt32()))]);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}

internal sealed record ReadyApp(string Id, int Pid, int AppPort, int DaprHttpPort, int DaprGrpcPort);
