using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentMesh.Sidecar.Tests.Daprd;

/// <summary>What <c>dapr list</c> and the Dapr dashboard read: process names, flags, metadata (cli:pkg/standalone/list.go, dashboard:pkg/instances).</summary>
public sealed class DaprListTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ProcessesFlagsAndMetadata_AreWhatTheToolsLookFor()
    {
        await using var mesh = await DaprdMesh.StartAsync();
        var app = await mesh.AppAsync();
        var daprd = mesh.Daprd("host", app.Port, null, "--enable-metrics=false");
        await daprd.Initialized;

        // As the CLI does after the start, without a token.
        foreach (var (key, value) in ((string, string)[])
            [("cliPID", "11"), ("appPID", "12"), ("appCommand", "dotnet app.dll"), ("runTemplatePath", "/a/dapr.yaml"), ("runTemplateName", "mesh"), ("appLogPath", "/l/a"), ("daprdLogPath", "/l/d")])
        {
            using var content = new StringContent(value);
            using var put = await daprd.Client.PutAsync($"/v1.0/metadata/{key}", content, Token);
            Assert.Equal(204, (int)put.StatusCode);
        }

        using (var call = await daprd.Client.PostAsync("/v1.0/actors/T/a/method/m", null, Token))
            Assert.Equal(200, (int)call.StatusCode);

        var row = Assert.Single(await ListAsync(), row => row.HttpPort == daprd.HttpPort);
        Assert.Equal(("host", daprd.GrpcPort, app.Port, daprd.Id), (row.AppId, row.GrpcPort, row.AppPort, row.DaprdPid));
        Assert.Equal(("dotnet app.dll", 12, 11, "/a/dapr.yaml", "mesh", "/l/a", "/l/d"), (row.Command, row.AppPid, row.CliPid, row.RunTemplatePath, row.RunTemplateName, row.AppLogPath, row.DaprdLogPath));
        Assert.Equal(mesh.Resources, row.ResourcesPath);

        // The dashboard's application page.
        using var metadata = JsonDocument.Parse(await daprd.MetadataAsync());
        Assert.Equal("host", metadata.RootElement.GetProperty("id").GetString());
        Assert.StartsWith("1.18", metadata.RootElement.GetProperty("runtimeVersion").GetString(), StringComparison.Ordinal);
        Assert.Equal(("T", 1), (metadata.RootElement.GetProperty("actors")[0].GetProperty("type").GetString(), metadata.RootElement.GetProperty("actors")[0].GetProperty("count").GetInt32()));
        Assert.Equal(
            ["pubsub pubsub.redis v1", "statestore state.redis v1"],
            metadata.RootElement.GetProperty("components").EnumerateArray().Select(component => $"{component.GetProperty("name")} {component.GetProperty("type")} {component.GetProperty("version")}").Order());
    }

    // standalone.List: every process whose executable is called daprd, its command line split at blanks, then its metadata.
    private static async Task<List<Row>> ListAsync()
    {
        var rows = new List<Row>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid) || Read(folder, "comm").Trim() != "daprd")
                continue;
            var line = Read(folder, "cmdline").Replace('\0', ' ').Trim();
            var flags = new Dictionary<string, string>(StringComparer.Ordinal);
            var words = line.Split(' ');
            for (var i = 1; i < words.Length; i++)
            {
                var word = words[i].TrimStart('-');
                if (word.Split('=', 2) is [var name, var value])
                    flags[name] = value;
                else if (i + 1 < words.Length)
                    flags[word] = words[++i];
            }

            if (flags.GetValueOrDefault("app-id") is not { Length: > 0 } appId)
                continue;
            // Another test's, or one that asks for a token: the CLI shows its flags alone, and this row is not looked for.
            using var client = new HttpClient();
            using var answer = await client.GetAsync($"http://127.0.0.1:{flags["dapr-http-port"]}/v1.0/metadata", Token).ContinueWith(
                task => task.IsFaulted ? new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable) : task.Result, TaskScheduler.Default);
            using var metadata = JsonDocument.Parse(answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(Token) : """{"extended":{}}""");
            var extended = metadata.RootElement.GetProperty("extended");
            rows.Add(new Row(
                appId, Number(flags["dapr-http-port"]), Number(flags["dapr-grpc-port"]), Number(flags.GetValueOrDefault("app-port") ?? "0"), pid,
                Text(extended, "appCommand"), Number(Text(extended, "appPID")), Number(Text(extended, "cliPID")), Text(extended, "runTemplatePath"),
                Text(extended, "runTemplateName"), Text(extended, "appLogPath"), Text(extended, "daprdLogPath"), flags.GetValueOrDefault("resources-path") ?? ""));
        }

        return rows;
    }

    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file), Encoding.UTF8);
        }
        catch (IOException)
        {
            return ""; // ended meanwhile
        }
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString()! : "";

    private static int Number(string text) => text.Length == 0 ? 0 : int.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Row(
        string AppId, int HttpPort, int GrpcPort, int AppPort, int DaprdPid, string Command, int AppPid, int CliPid, string RunTemplatePath, string RunTemplateName,
        string AppLogPath, string DaprdLogPath, string ResourcesPath);
}
