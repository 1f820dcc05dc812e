using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Sidecar.Dashboard;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.Tests.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentMesh.Sidecar.Tests.Dashboard;

/// <summary>The dashboard over HTTP, with the real runtime behind it.</summary>
public sealed class DashboardTests : IAsyncLifetime
{
    private readonly TestTree _folder = new();
    private readonly LogRing _ring = new(TimeProvider.System);
    private readonly List<AppSupervisor> _processes = [];
    private readonly HttpClient _client = new();
    private StubApp _app = null!;
    private SidecarHarness _mesh = null!;
    private RuntimeSource _source = null!;
    private SqliteStateStore _store = null!;
    private DashboardServer _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await StubApp.StartAsync();
        var config = _folder.Write("config.yaml", "kind: Configuration\nspec: { features: [{ name: HotReload, enabled: true }] }\n");
        _folder.Write("components/store.yaml", "kind: Component\nspec: { metadata: [{ name: redisPassword, value: plain-one }] }\n");
        var definition = SidecarHarness.Define("agents", _app.Port) with
        {
            MetricsPort = TestPorts.Next(),
            Configuration = AppConfiguration.Read(config, []),
            Components = [new ComponentInfo("statestore", "state.redis", "v1")],
        };
        _store = SqliteStateStore.Open(_folder.Path, NullLogger<SqliteStateStore>.Instance);
        _mesh = await SidecarHarness.StartAsync([definition], daprToken: "t0ken", store: _store);
        await _mesh.ConnectAsync();
        _mesh.Client.DefaultRequestHeaders.Add("dapr-api-token", "t0ken");
        var launch = new AppLaunch(
            new RunFileApp("agents", _folder.Path) { AppPort = _app.Port, ConfigFilePaths = [config], ResourcesPaths = [_folder.At("components")], Command = ["run", "--password", "plain-two"] },
            definition, new Dictionary<string, string>());
        _processes.Add(new AppSupervisor(launch, new SupervisorOptions
        {
            Connections = _mesh.Runtime,
            Console = TextWriter.Null,
            Logger = NullLogger.Instance,
            TimeProvider = TimeProvider.System,
            OutputOf = _ => _ => { },
        }, () => { }));
        _source = new RuntimeSource(_mesh.Runtime);
        var data = new DashboardData(new RunFacts("mesh", null, "default", "sqlite:" + _folder.At("state.db")), () => _processes, _source, TimeProvider.System);
        _dashboard = await DashboardServer.StartAsync(
            TestPorts.Next(), new DashboardApi(data, new LogStream(_ring, TimeProvider.System)), NullLoggerFactory.Instance, Token);
        _client.BaseAddress = new Uri(_dashboard.Address);
    }

    [Fact]
    public async Task Mesh_TellsProcessesAndStore()
    {
        var mesh = await GetAsync("/api/mesh");
        var process = mesh.GetProperty("processes")[0];
        Assert.Equal(("agents", "down"), (process.GetProperty("appId").GetString(), process.GetProperty("state").GetString()));
        Assert.Equal(_app.Port, process.GetProperty("appPort").GetInt32());
        Assert.Equal(_mesh.Apps[0].DaprHttpPort, process.GetProperty("daprHttpPort").GetInt32());
        Assert.Equal("sqlite", mesh.GetProperty("store").GetProperty("kind").GetString());
        Assert.True(mesh.GetProperty("store").GetProperty("bytes").GetInt64() > 0);
        Assert.Equal("run --password ••••••", process.GetProperty("command").GetString());
    }

    [Fact]
    public async Task App_TellsItsMetadataAndConfiguration()
    {
        (await _mesh.Client.PutAsync("/v1.0/actors/T/default:alice/method/Say", null, Token)).EnsureSuccessStatusCode();
        var app = await GetAsync("/api/apps/agents");
        var metadata = app.GetProperty("metadata")[0];
        Assert.Equal("statestore", metadata.GetProperty("components")[0].GetProperty("name").GetString());
        Assert.Equal(("T", 1), (metadata.GetProperty("actorRuntime").GetProperty("activeActors")[0].GetProperty("type").GetString(),
            metadata.GetProperty("actorRuntime").GetProperty("activeActors")[0].GetProperty("count").GetInt32()));
        Assert.Equal("HotReload", app.GetProperty("features")[0].GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/api/apps/nobody", Token)).StatusCode);
    }

    [Fact]
    public async Task Reminders_ComeInPages_AndFiltered()
    {
        for (var number = 0; number < 5; number++)
            (await _mesh.Client.PostAsJsonAsync($"/v1.0/actors/T/actor{number}/reminders/r", new { dueTime = $"{number + 1}h", period = "R3/PT1H", data = "plain-three" }, Token)).EnsureSuccessStatusCode();
        var first = await GetAsync("/api/reminders?limit=2");
        Assert.Equal(["actor0", "actor1"], Ids(first));
        Assert.Equal((3_600_000, 3), (first.GetProperty("items")[0].GetProperty("periodMs").GetInt64(), first.GetProperty("items")[0].GetProperty("left").GetInt32()));
        var second = await GetAsync($"/api/reminders?limit=3&cursor={first.GetProperty("next").GetString()}");
        Assert.Equal(["actor2", "actor3", "actor4"], Ids(second));
        Assert.Equal(["actor3"], Ids(await GetAsync("/api/reminders?filter=ACTOR3")));
        Assert.Empty(Ids(await GetAsync("/api/reminders?type=Other")));
        Assert.Equal(["T"], first.GetProperty("types").EnumerateArray().Select(type => type.GetString()));
        Assert.DoesNotContain("plain-three", first.GetRawText(), StringComparison.Ordinal);

        static IEnumerable<string?> Ids(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Configuration_ShowsNoSecret()
    {
        var files = await GetAsync("/api/config");
        Assert.Equal(["config.yaml", "store.yaml"], files.EnumerateArray().Select(file => Path.GetFileName(file.GetProperty("file").GetString())));
        Assert.DoesNotContain("plain-", files.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("redisPassword", files[1].GetProperty("yaml").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/topics")]
    [InlineData("/api/rates")]
    [InlineData("/api/logs")]
    public async Task OtherParts_AreJson(string path) => Assert.NotEqual(JsonValueKind.Undefined, (await GetAsync(path)).ValueKind);

    [Fact]
    public async Task Metrics_AreOfAllProcesses()
    {
        (await _mesh.Client.PutAsync("/v1.0/actors/T/a/method/Say", null, Token)).EnsureSuccessStatusCode();
        Assert.Contains("app_id=\"agents\"", await _client.GetStringAsync("/metrics", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_AreFollowed_AndGoOnAfterAReconnect()
    {
        _ring.Add("info", "one");
        using (var first = await FollowAsync(null))
        {
            Assert.Equal("one", await first.NextAsync());
            _ring.Add("debug", "below the level");
            _ring.Add("warn", "two");
            Assert.Equal("two", await first.NextAsync());
        }

        _ring.Add("error", "three");
        using var second = await FollowAsync("3");
        Assert.Equal("three", await second.NextAsync());
    }

    [Theory]
    [InlineData("/api/reminders?limit=201")]
    [InlineData("/api/reminders?limit=x")]
    [InlineData("/api/reminders?cursor=x")]
    [InlineData("/api/logs?level=loud")]
    [InlineData("/api/logs?limit=1001")]
    public async Task OutOfBounds_IsRefusedWithAReason(string path)
    {
        using var response = await _client.GetAsync(path, Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotEmpty((await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("error").GetString()!);
    }

    [Theory]
    [InlineData("GET", "evil.example", null, 403)]
    [InlineData("GET", "127.0.0.1.evil.example", null, 403)]
    [InlineData("GET", null, "http://evil.example", 403)]
    [InlineData("GET", null, "null", 403)]
    [InlineData("GET", "localhost", null, 200)]
    [InlineData("GET", "[::1]:1", null, 200)]
    [InlineData("HEAD", null, null, 200)]
    [InlineData("POST", null, null, 405)]
    [InlineData("DELETE", null, null, 405)]
    [InlineData("OPTIONS", null, null, 405)]
    public async Task OtherSitesAndOtherMethods_GetNothing(string method, string? host, string? origin, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/mesh");
        request.Headers.Host = host;
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using var response = await _client.SendAsync(request, Token);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        if (method == "HEAD")
            Assert.Empty(await response.Content.ReadAsByteArrayAsync(Token));
    }

    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/app.js", "text/javascript; charset=utf-8")]
    [InlineData("/views.js", "text/javascript; charset=utf-8")]
    [InlineData("/app.css", "text/css; charset=utf-8")]
    [InlineData("/icon.svg", "image/svg+xml")]
    public async Task Page_LoadsNothingFromElsewhere(string path, string type)
    {
        using var response = await _client.GetAsync(path, Token);
        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        var text = (await response.Content.ReadAsStringAsync(Token)).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal).Replace("http://127.0.0.1:", "", StringComparison.Ordinal);
        Assert.DoesNotContain("http://", text, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", text, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", text, StringComparison.Ordinal);

        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await _client.SendAsync(again, Token)).StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _dashboard.DisposeAsync();
        await _source.DisposeAsync();
        _processes.ForEach(process => process.Dispose());
        await _mesh.DisposeAsync();
        await _store.DisposeAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _client.GetAsync(path, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private async Task<Follower> FollowAsync(string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/logs?level=info");
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return new Follower(response, new StreamReader(await response.Content.ReadAsStreamAsync(Token)));
    }

    /// <summary>Reads the lines of server-sent events one by one.</summary>
    private sealed class Follower(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        private readonly Queue<string> _lines = new();

        public async Task<string> NextAsync()
        {
            while (_lines.Count == 0)
            {
                var line = await reader.ReadLineAsync(Token) ?? throw new EndOfStreamException();
                if (!line.StartsWith("data: ", StringComparison.Ordinal))
                    continue;
                using var page = JsonDocument.Parse(line["data: ".Length..]);
                foreach (var item in page.RootElement.GetProperty("lines").EnumerateArray())
                    _lines.Enqueue(item.GetProperty("text").GetString()!);
            }

            return _lines.Dequeue();
        }

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }
    }
}
