using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class CommandLineTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private RunOptions? _options;
    private StopOptions? _stop;
    private bool? _json;

    [Theory]
    [InlineData("")]
    [InlineData("run")]
    public async Task Nothing_IsARunWithTheDefaults(string arguments)
    {
        Assert.Equal(0, await InvokeAsync(arguments));
        Assert.Equal(
            (null, null, false, null, null, false, false),
            (_options!.RunFile, _options.Data, _options.FreePorts, _options.ReadyFile, _options.Redis, _options.NoRestart, _options.NoBuild));
        Assert.Empty(_options.Replicas);
        Assert.Empty(_options.Set);
    }

    [Theory]
    [InlineData("run -f a.yaml --data d --free-ports --ready-file r --replicas a=2,b=1 --redis h:1 --no-restart --set A=1 --set B==x --set C= --no-build")]
    [InlineData("--run-file a.yaml --data d --free-ports --ready-file r --replicas a=2 --replicas b=1 --redis h:1 --no-restart --set A=1 --set B==x --set C= --no-build")]
    public async Task EveryOption_IsUnderstood_WithAndWithoutTheCommand(string arguments)
    {
        Assert.Equal(0, await InvokeAsync(arguments));
        Assert.Equal(
            ("a.yaml", "d", true, "r", "h:1", true, true),
            (_options!.RunFile, _options.Data, _options.FreePorts, _options.ReadyFile, _options.Redis, _options.NoRestart, _options.NoBuild));
        Assert.Equal(new Dictionary<string, int> { ["a"] = 2, ["b"] = 1 }, _options.Replicas);
        Assert.Equal(new Dictionary<string, string> { ["A"] = "1", ["B"] = "=x", ["C"] = "" }, _options.Set);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("--state-fidelity exact", false)]
    [InlineData("run --state-fidelity daprd", true)]
    public async Task StateFidelity_IsExactUnlessAskedFor(string arguments, bool expected)
    {
        Assert.Equal(0, await InvokeAsync(arguments));
        Assert.Equal(expected, _options!.DaprdStateFidelity);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("--dashboard-port 0", 0)]
    [InlineData("run --dashboard-port 65535", 65535)]
    public async Task DashboardPort_IsTheUsualOneUnlessGiven(string arguments, int? expected)
    {
        Assert.Equal(0, await InvokeAsync(arguments));
        Assert.Equal(expected, _options!.DashboardPort);
    }

    [Theory]
    [InlineData("--dashboard-port 65536", "'65536' is not a port")]
    [InlineData("--dashboard-port x", "'x'")]
    [InlineData("--nope", "--nope")]
    [InlineData("--state-fidelity rough", "'rough'")]
    [InlineData("stop", "stop: name what to end")]
    [InlineData("list -o yaml", "'yaml'")]
    [InlineData("go", "'go'")]
    [InlineData("--data", "--data")]
    [InlineData("--replicas a", "'a' is not APP=N")]
    [InlineData("--replicas a=0", "'a=0' is not APP=N")]
    [InlineData("--replicas a=65", "'a=65' is not APP=N")]
    [InlineData("--replicas =1", "'=1' is not APP=N")]
    [InlineData("--redis localhost", "'localhost' is not HOST:PORT")]
    [InlineData("--redis :6379", "':6379' is not HOST:PORT")]
    [InlineData("--redis h:65536", "'h:65536' is not HOST:PORT")]
    [InlineData("--compat 1.15", "1.15")]
    [InlineData("--set A", "--set: expected KEY=VALUE")]
    [InlineData("--set =secret", "--set: expected KEY=VALUE")]
    public async Task WrongCommandLine_IsExplained_AndAnsweredWith2(string arguments, string expected)
    {
        Assert.Equal(2, await InvokeAsync(arguments));
        Assert.Contains(expected, _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", _error.ToString(), StringComparison.Ordinal);
        Assert.Null(_options);
    }

    [Theory]
    [InlineData("--data", "", "--data: the path is empty")]
    [InlineData("--ready-file", " ", "--ready-file: the path is empty")]
    [InlineData("-f", "", "--run-file: the path is empty")]
    public async Task EmptyPath_IsRefused_AndNotTakenForTheCurrentFolder(string option, string path, string expected)
    {
        Assert.Equal(2, await CommandLine.InvokeAsync([option, path], _output, _error, Verbs));
        Assert.Contains(expected, _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("--compat 1.18", false)]
    [InlineData("--compat 1.16", true)]
    public async Task Compat_IsOffUnlessAsked(string arguments, bool expected)
    {
        Assert.Equal(0, await InvokeAsync(arguments));
        Assert.Equal(expected, _options!.Compat116);
    }

    [Theory]
    [InlineData("--replicas a=1", 1)]
    [InlineData("--replicas a=64", 64)]
    public async Task Replicas_AtTheLimits(string arguments, int expected)
    {
        Assert.Equal(0, await InvokeAsync(arguments));
        Assert.Equal(expected, _options!.Replicas["a"]);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run --help")]
    public async Task Help_NamesEveryOption(string arguments)
    {
        Assert.Equal(0, await InvokeAsync(arguments));
        foreach (var option in (string[])["-f, --run-file", "--data", "--free-ports", "--ready-file", "--replicas", "--redis", "--no-restart", "--set", "--no-build"])
            Assert.Contains(option, _output.ToString(), StringComparison.Ordinal);
        Assert.Null(_options);
    }

    [Theory]
    [InlineData("run --app-id x", "")]
    [InlineData("run --app-id x -- dotnet run --project p --app-id inner -- 5000", "dotnet run --project p --app-id inner -- 5000")]
    [InlineData("run -a x dotnet x.dll", "dotnet x.dll")]
    [InlineData("run --no-build -- dotnet x.dll", "dotnet x.dll")]
    public async Task OneApp_AndItsCommand(string arguments, string command)
    {
        Assert.Equal(0, await InvokeAsync(arguments));
        Assert.Equal(command, string.Join(' ', _options!.App!.Command));
    }

    [Fact]
    public async Task OneApp_ItsOptionsAreFieldsOfARunFile_SharedOptionsStay()
    {
        Assert.Equal(0, await InvokeAsync(
            "run --app-id x -p 5 -H -1 --resources-path a --resources-path b,c --enable-app-health-check --enable-api-logging=false --redis h:1 --compat 1.16"));
        var fields = _options!.App!.Fields;
        Assert.Equal(("x", 5, null, true, false), (fields.Text("appID"), fields.Port("appPort"), fields.Port("daprHTTPPort"), fields.Flag("enableAppHealthCheck"), fields.Flag("enableApiLogging")));
        Assert.Equal(["a", "b", "c"], fields.Texts("resourcesPaths"));
        Assert.Null(fields.Text("logLevel"));
        Assert.Equal(("h:1", true), (_options.Redis, _options.Compat116));
    }

    [Fact]
    public async Task OneAppsOptions_BesideARunFile_AreIgnored_AsTheDaprCliSays()
    {
        Assert.Equal(0, await InvokeAsync("run -f x.yaml --app-port 5"));
        Assert.Null(_options!.App);
        Assert.Contains("flags are ignored when using --run-file and should be configured in the run file instead: --app-port", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stop --app-id a", "a", null)]
    [InlineData("stop -a a b", "a b", null)]
    [InlineData("stop c", "c", null)]
    [InlineData("stop -f x.yaml", "", "x.yaml")]
    public async Task Stop_TakesAppIdsOrARunFile(string arguments, string appIds, string? runFile)
    {
        Assert.Equal(0, await InvokeAsync(arguments));
        Assert.Equal((appIds, runFile), (string.Join(' ', _stop!.AppIds), _stop.RunFile));
    }

    [Theory]
    [InlineData("list", false)]
    [InlineData("list -o json", true)]
    [InlineData("list --output table", false)]
    public async Task List_IsATableOrJson(string arguments, bool json)
    {
        Assert.Equal(0, await InvokeAsync(arguments));
        Assert.Equal(json, _json);
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    private CommandVerbs Verbs => new(
        options => Keep(() => _options = options), options => Keep(() => _stop = options), json => Keep(() => _json = json));

    private static Task<int> Keep(Action keep)
    {
        keep();
        return Task.FromResult(0);
    }

    private Task<int> InvokeAsync(string arguments) =>
        CommandLine.InvokeAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), _output, _error, Verbs);
}
