using System.Net;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;
using Microsoft.Extensions.Logging;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AgentMesh.Sidecar.Tests.Resources;

public sealed class RunFileReaderTests : IDisposable
{
    private readonly TestTree _folder = new();
    private readonly List<string> _warnings = [];

    public RunFileReaderTests()
    {
        _folder.Folder("apps/one");
        _folder.Folder("apps/two/own");
        _folder.Folder("shared");
        _folder.Folder("home/.dapr/components");
        _folder.Write("run/config.yaml", "");
    }

    [Fact]
    public void App_WithNothingButItsFolder_HasDaprsDefaults()
    {
        var app = Assert.Single(Read("version: 1\napps:\n- appDirPath: ../apps/one\n").Apps);
        Assert.Equal("one", app.AppId);
        Assert.Equal(_folder.At("apps/one"), app.Directory);
        Assert.Equal(("http", "127.0.0.1"), (app.Protocol, app.ChannelAddress));
        Assert.Null(app.AppPort);
        Assert.Null(app.Health);
        Assert.Empty(app.Command);
        Assert.Equal(4 * 1024 * 1024, app.MaxBodyBytes);
        Assert.Equal(4096, app.ReadBufferBytes);
        // The last resort, as with the Dapr CLI.
        Assert.Equal([_folder.At("home/.dapr/components")], app.ResourcesPaths);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void App_WinsOverCommon_AndPathsStartWhereTheyAreWritten()
    {
        var runFile = Read("""
            version: 1
            common:
              resourcesPaths: [../shared]
              configFilePath: config.yaml
              env: { A: common, B: common, NUMBER: 5, EMPTY: }
              appProtocol: h2c
              maxBodySize: 8Mi
              readBufferSize: 64Ki
              enableAppHealthCheck: true
              appHealthProbeInterval: 2
            apps:
            - appID: first
              appDirPath: ../apps/one
              appPort: 8081
              daprHTTPPort: 3501
              daprGRPCPort: -1
              metricsPort: 9091
              appChannelAddress: localhost
              command: ["dotnet", "x.dll"]
              env: { B: app }
            - appID: second
              appDirPath: ../apps/two
              resourcesPath: own
              appProtocol: http
              maxBodySize: 1
              appHealthCheckPath: ready
              appHealthProbeTimeout: 2000
              appHealthThreshold: 1
            """);
        var (first, second) = (runFile.Apps[0], runFile.Apps[1]);

        Assert.Equal([_folder.At("shared")], first.ResourcesPaths);
        Assert.Equal([_folder.At("apps/two/own")], second.ResourcesPaths);
        Assert.Equal([_folder.At("run/config.yaml")], second.ConfigFilePaths);
        Assert.Equal(("common", "app", "5", ""), (first.Environment["A"], first.Environment["B"], first.Environment["NUMBER"], first.Environment["EMPTY"]));
        Assert.Equal("common", second.Environment["B"]);
        Assert.Equal(("h2c", "http"), (first.Protocol, second.Protocol));
        Assert.Equal((8 * 1024 * 1024, 1), (first.MaxBodyBytes, second.MaxBodyBytes));
        Assert.Equal(65536, first.ReadBufferBytes);
        Assert.Equal((8081, 3501, (int?)null, 9091), (first.AppPort, first.DaprHttpPort, first.DaprGrpcPort, first.MetricsPort));
        Assert.Equal(["dotnet", "x.dll"], first.Command);
        Assert.Equal("localhost", first.ChannelAddress);
        Assert.Equal(new("/healthz", TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(500), 3), first.Health);
        Assert.Equal(new("/ready", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2), 1), second.Health);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void ResourcesBesideTheApp_WinOverCommonOnes()
    {
        _folder.Folder("apps/one/.dapr/resources");
        var runFile = Read("version: 1\ncommon:\n  resourcesPath: ../shared\napps:\n- appDirPath: ../apps/one\n");
        Assert.Equal([_folder.At("apps/one/.dapr/resources")], runFile.Apps[0].ResourcesPaths);
    }

    [Theory]
    [InlineData("appid: x", "(4): the unknown field 'appid' is ignored")]
    [InlineData("enableProfiling: true", "(4): enableProfiling is not applied")]
    [InlineData("env: { DAPR_API_TOKEN: t }", "names DAPR_API_TOKEN")]
    public void OddFields_AreWarnedOf(string line, string expected)
    {
        Read($"version: 1\napps:\n- appDirPath: ../apps/one\n  {line}\n");
        Assert.Contains(expected, Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("schedulerHostAddress: ''")]
    [InlineData("runtimePath: /nowhere")]
    [InlineData("profilePort: 7777")]
    [InlineData("daprInternalGRPCPort: 7778")]
    [InlineData("containerImage: x")]
    [InlineData("containerImagePullPolicy: Always")]
    [InlineData("createService: true")]
    [InlineData("enableProfiling: false")]
    [InlineData("appSSL: false")]
    [InlineData("placementHostAddress: localhost:50006")]
    public void FieldsWithoutMeaningHere_AreSilentlyAccepted(string line)
    {
        Read($"version: 1\napps:\n- appDirPath: ../apps/one\n  {line}\n");
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("", "the run file is empty")]
    [InlineData("- 1", "(1): expected 'name: value' lines")]
    [InlineData("version: 1\napps: [\n", "(3)")]
    [InlineData("apps: []", "version is missing")]
    [InlineData("version: 2", "(1): version must be 1, not 2")]
    [InlineData("version: x", "(1): version must be a whole number, not 'x'")]
    [InlineData("version: 1\napps:\n", "(2): apps names no app")]
    [InlineData("version: 1\napps:\n- appID: a\n", "(3): appDirPath is missing")]
    [InlineData("version: 1\napps:\n- appDirPath: ../nowhere\n", "(3): appDirPath '../nowhere' does not exist")]
    [InlineData("version: 1\ncommon:\n  resourcesPath: nowhere\napps:\n- appDirPath: ../apps/one\n", "(3): resourcesPath 'nowhere' does not exist")]
    [InlineData("version: 1\ncommon:\n  configFilePath: no.yaml\napps:\n- appDirPath: ../apps/one\n", "(3): configFilePath 'no.yaml' does not exist")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n- appDirPath: ../apps/one\n", "appID 'one' is used twice")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  appPort: 65536\n", "(4): appPort must be a port from 1 to 65535, not 65536")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  appPort: -2\n", "(4): appPort must be a port")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  appProtocol: grpcs\n", "(4): appProtocol 'grpcs' is not served")]
    [InlineData("version: 1\ncommon:\n  appProtocol: https\napps:\n- appDirPath: ../apps/one\n", "(3): appProtocol 'https' is not served")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  appSSL: true\n", "(4): appSSL is not served")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  maxBodySize: 4MB\n", "(4): maxBodySize must be a size")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  readBufferSize: 2Gi\n", "(4): readBufferSize must be below 2Gi")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  command: dotnet x\n", "(4): command must be a list")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  env: [A]\n", "(4): env must be")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  enableAppHealthCheck: maybe\n", "(4): enableAppHealthCheck must be true or false")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  enableAppHealthCheck: yes\n  appHealthProbeTimeout: 5001\n", "must not exceed")]
    [InlineData("version: 1\ncommon:\n  appSSL: true\napps:\n- appDirPath: ../apps/one\n", "(3): appSSL is not served")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  unixDomainSocket: /tmp\n", "(4): unixDomainSocket is not served")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  appMaxConcurrency: many\n", "(4): appMaxConcurrency must be a whole number")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  apiListenAddresses: 127.0.0.1,here\n", "(4): apiListenAddresses 'here' is no IP address")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  logLevel: loud\n", "(4): logLevel must be one of debug, info,")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  appLogDestination: printer\n", "(4): appLogDestination must be one of console, file, fileAndConsole")]
    [InlineData("version: 1\napps:\n- appDirPath: ../apps/one\n  appID: a/b\n", "(4): appID 'a/b' is no app id")]
    public void BrokenFile_IsRefusedWithItsLine(string text, string expected)
    {
        var refused = Assert.Throws<LauncherException>(() => Read(text));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder.At("run/dapr.yaml"), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryOtherField_IsHonored()
    {
        var runFile = Read("""
            version: 1
            common:
              appMaxConcurrency: 9
              logLevel: info
              appLogDestination: file
              apiListenAddresses: 127.0.0.1, ::1
            apps:
            - appDirPath: ../apps/one
              appMaxConcurrency: -1
              appProtocol: grpc
              metricsPort: 9091
              enableApiLogging: true
              daprdLogDestination: fileAndConsole
            - appDirPath: ../apps/two
              logLevel: error
            """);
        var (one, two) = (runFile.Apps[0], runFile.Apps[1]);
        Assert.Equal((null, 9), (one.MaxConcurrency, two.MaxConcurrency));
        Assert.Equal((LogLevel.Information, LogLevel.Error), (one.LogLevel, two.LogLevel));
        Assert.Equal(("grpc", "http"), (one.Protocol, two.Protocol));
        Assert.Equal((9091, null), (one.MetricsPort, two.MetricsPort));
        Assert.Equal((true, false), (one.LogApiCalls, two.LogApiCalls));
        Assert.Equal((LogDestination.File, LogDestination.FileAndConsole), (one.AppLog, one.DaprdLog));
        Assert.Equal((LogDestination.File, LogDestination.Console), (two.AppLog, two.DaprdLog));
        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], two.ListenAddresses);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void AppOfACommandLine_HasTheSameFields_AndLooksAtNothingBesideIt()
    {
        _folder.Folder("apps/one/.dapr/resources");
        var app = Assert.Single(ReadOptions(new() { ["appID"] = "x", ["appPort"] = "5", ["configFilePath"] = "../../run/config.yaml", ["maxBodySize"] = "8Mi" }).Apps);
        Assert.Equal(("x", 5, _folder.At("apps/one"), 8 * 1024 * 1024), (app.AppId, app.AppPort, app.Directory, (int)app.MaxBodyBytes));
        Assert.Equal([_folder.At("run/config.yaml")], app.ConfigFilePaths);
        Assert.Equal([_folder.At("home/.dapr/components")], app.ResourcesPaths);
        Assert.Equal(["dotnet", "x.dll"], app.Command);
    }

    [Theory]
    [InlineData("appPort", "x", "--of-appPort must be a whole number, not 'x'")]
    [InlineData("appProtocol", "grpcs", "--of-appProtocol 'grpcs' is not served")]
    [InlineData("resourcesPath", "nowhere", "--of-resourcesPath 'nowhere' does not exist")]
    [InlineData("appID", "", "--of-appID '' is no app id")]
    public void WrongOptionOfACommandLine_IsRefusedByItsName(string field, string value, string expected)
    {
        var refused = Assert.Throws<LauncherException>(() => ReadOptions(new() { [field] = value }));
        Assert.StartsWith(expected, refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, refused.ExitCode);
    }

    [Fact]
    public void MissingFile_IsRefused() =>
        Assert.Throws<LauncherException>(() => RunFileReader.Read(_folder.At("none.yaml"), _folder.At("home"), _warnings));

    [Fact]
    public void RepositorysRunFile_IsReadAsItIs()
    {
        // The real files, in a tree where the projects exist.
        var root = RepositoryRoot();
        foreach (var file in (string[])["dapr/dapr.yaml", "dapr/config.yaml", "components/statestore.yaml", "components/pubsub.yaml", "components/fanout.yaml", "components/production/facilitator.yaml"])
            _folder.Write(file, File.ReadAllText(Path.Combine(root, file)));
        _folder.Folder("src/AgentMesh.ActorHost");
        _folder.Folder("src/AgentMesh.Facilitator");
        _folder.Folder("src/AgentMesh.Payments");
        _folder.Folder("src/AgentMesh.Gateway");

        var runFile = RunFileReader.Read(_folder.At("dapr/dapr.yaml"), _folder.At("home"), _warnings);
        var components = new ComponentPlan(runFile, new ResourceFolders(new Dictionary<string, string>(), "default", root, _warnings), _warnings);

        Assert.Empty(_warnings);
        Assert.Equal([("agents", 8081), ("facilitator", 8083), ("payments", 8082), ("gateway", 8080)], runFile.Apps.Select(app => (app.AppId, app.AppPort!.Value)));
        Assert.All(runFile.Apps, app => Assert.Equal("/healthz", app.Health!.Path));
        Assert.All(runFile.Apps, app => Assert.Equal(65536, app.ReadBufferBytes));
        Assert.Equal(("statestore", null), (components.ActorStateStoreOf("agents"), components.ActorStateStoreOf("gateway")));
        Assert.Equal("statestore", components.ActorStateStoreOf("payments"));
        Assert.Equal(
            ["fanout (pubsub.redis): served by the embedded SQLite store in DIR; --redis HOST:PORT uses a real Redis",
             "pubsub (pubsub.redis): served by the embedded SQLite store in DIR; --redis HOST:PORT uses a real Redis",
             "statestore (state.redis): served by the embedded SQLite store in DIR; --redis HOST:PORT uses a real Redis"],
            components.Describe("DIR", null));
    }

    public void Dispose() => _folder.Dispose();

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "AgentMesh.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private RunFile ReadOptions(Dictionary<string, string> options) => RunFileReader.Read(
        new YamlSection(
            new YamlMappingNode(options.SelectMany(option => (YamlNode[])[new YamlScalarNode(option.Key), new YamlScalarNode(option.Value) { Style = ScalarStyle.DoubleQuoted }])),
            options.Keys.ToDictionary(name => name, name => "--of-" + name)),
        ["dotnet", "x.dll"], _folder.At("apps/one"), _folder.At("home"), _warnings);

    private RunFile Read(string text) => RunFileReader.Read(_folder.Write("run/dapr.yaml", text), _folder.At("home"), _warnings);
}
