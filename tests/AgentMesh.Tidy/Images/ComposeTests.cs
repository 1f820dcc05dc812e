using YamlDotNet.RepresentationModel;

namespace AgentMesh.Tidy.Images;

/// <summary><c>compose.yaml</c> starts the apps of <c>dapr/dapr.yaml</c>, each with a real sidecar, and nothing without its secrets.</summary>
public sealed class ComposeTests
{
    private static readonly YamlMappingNode File = Yaml.Load("compose.yaml")[0];

    private static readonly YamlMappingNode RunFile = Yaml.Load("dapr/dapr.yaml")[0];

    private static IEnumerable<(string Id, string Port, string Protocol)> Apps =>
        RunFile.Items("apps").Select(app => (app.Text("appID")!, app.Text("appPort")!, app.Text("appProtocol")!));

    [Fact]
    public void Services_AreTheAppsWithTheirSidecars_AndWhatTheyNeed() => Assert.Equal(
        Apps.SelectMany(app => (string[])[app.Id, app.Id + "-dapr"]).Concat(["cli", "placement", "redis", "scheduler"]).Order(StringComparer.Ordinal),
        File.Members("services").Select(service => service.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Apps_ListenWhereTheRunFileSays_AndDemandTokens() => Assert.All(Apps, app =>
    {
        Assert.Equal(app.Port, File.Text("services", app.Id, "environment", "APP_PORT"));
        Assert.Equal("Production", Merged(app.Id, "environment", "ASPNETCORE_ENVIRONMENT"));
        Assert.Equal(app.Id, File.Text("services", app.Id, "build", "target"));
        Assert.Contains($"FROM base AS {app.Id}\n", Repository.Read("Dockerfile"), StringComparison.Ordinal);
        Assert.All((string[])["DAPR_API_TOKEN", "APP_API_TOKEN"], token => Assert.Equal(Merged(app.Id, "environment", token), Merged(app.Id + "-dapr", "environment", token)));
    });

    [Fact]
    public void Sidecars_AreToldWhatTheRunFileTellsThem() => Assert.All(Apps, app =>
    {
        var sidecar = app.Id + "-dapr";
        Assert.Equal($"service:{app.Id}", File.Text("services", sidecar, "network_mode"));
        Assert.Equal(
        [
            "./daprd", $"--app-id={app.Id}", $"--app-port={app.Port}", $"--app-protocol={app.Protocol}", "--dapr-listen-addresses=127.0.0.1",
            "--placement-host-address=placement:50005", "--scheduler-host-address=scheduler:50006", "--resources-path=/components", "--resources-path=/resiliency", "--config=/dapr/config.yaml",
            "--enable-app-health-check", $"--app-health-check-path={RunFile.Text("common", "appHealthCheckPath")}",
            $"--read-buffer-size={RunFile.Text("common", "readBufferSize")}", "--log-as-json",
        ], File.Texts("services", sidecar, "command"));
    });

    [Fact]
    public void EveryFileThatIsMounted_IsThere() => Assert.All(
        File.Texts("x-sidecar", "volumes").Select(volume => volume.Split(':')),
        volume => Assert.True(Path.Exists(Path.Combine(Repository.Root, volume[0])) && volume[2] == "ro", volume[0]));

    /// <summary>Of every secret there is no default: what is not set ends the start with a sentence. The one that is a key of wallets is the agents' alone.</summary>
    [Fact]
    public void Secrets_HaveNoDefault()
    {
        var text = Repository.Read("compose.yaml");
        string[] secrets = ["DAPR_API_TOKEN", "APP_API_TOKEN", "BOOTSTRAP_KEY", "REDIS_PASSWORD", "WALLET_KEYS"];
        Assert.All(secrets, secret => Assert.Contains($"${{AGENTMESH_{secret}:?", text, StringComparison.Ordinal));
        Assert.Equal(text.Split("${").Length, text.Split(":?is not set;").Length);
        Assert.Equal(["agents-dapr"], File.Members("services").Where(service => service.Value.At("environment", "WALLET_KEYS") is not null).Select(service => service.Name));
        Assert.Contains("\n.env\n", Repository.Read(".gitignore"), StringComparison.Ordinal);
    }

    [Fact]
    public void Containers_AreRestricted() => Assert.All(File.Members("services"), service =>
    {
        Assert.Equal("true", Merged(service.Name, "read_only"));
        Assert.Equal("[ ALL ]", Merged(service.Name, "cap_drop"));
        Assert.Equal("[ no-new-privileges:true ]", Merged(service.Name, "security_opt"));
        Assert.Matches(service.Name.EndsWith("-dapr", StringComparison.Ordinal) || service.Name is "placement" or "scheduler" ? ":1\\.18\\.3$" : ":[0-9]+\\.[0-9.]+(-alpine)?$", Merged(service.Name, "image"));
    });

    /// <summary>The one door is of this machine; Redis has no way out and is asked for nothing by anybody else.</summary>
    [Fact]
    public void Network_IsClosed()
    {
        var open = Assert.Single(File.Members("services"), service => service.Value.At("ports") is not null);
        Assert.Equal("gateway", open.Name);
        Assert.Equal(["127.0.0.1:8080:8080"], open.Value.Texts("ports"));
        Assert.Equal("true", File.Text("networks", "data", "internal"));
        Assert.Equal(["data"], File.Texts("services", "redis", "networks"));
        Assert.Equal("ApiKey", File.Text("services", "gateway", "environment", "AgentMesh__Auth__Mode"));
    }

    /// <summary>As docs/redis.md has it.</summary>
    [Fact]
    public void Redis_LosesNothingOfItsProcess()
    {
        var command = string.Join(' ', File.Texts("services", "redis", "command"));
        Assert.All((string[])["--appendonly yes", "--appendfsync always", "--maxmemory-policy noeviction"], setting => Assert.Contains(setting, command, StringComparison.Ordinal));
    }

    // A service's own, or what it has by its merge key; both levels of this file.
    private static string? Merged(string service, params string[] path)
    {
        var node = File.At("services", service);
        for (var depth = 0; depth < path.Length; depth++)
            node = node.At(path[depth]) ?? At(node, path[depth]);
        return node?.ToString();

        static YamlNode? At(YamlNode? node, string name) => node.At("<<") is { } merged ? merged.At(name) ?? At(merged, name) : null;
    }
}
