using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class AppEnvironmentTests
{
    private static readonly Dictionary<string, string> Nothing = [];
    private readonly RunFileApp _app = new("agents", "/") { AppPort = 1, Protocol = "h2c" };

    [Theory]
    [InlineData("OURS", "ours")]
    [InlineData("FILE", "file")]
    [InlineData("SET", "set")]
    [InlineData("APP_ID", "agents")]
    [InlineData("APP_PORT", "11")]
    [InlineData("APP_CHANNEL_ADDRESS", "127.0.0.1")]
    [InlineData("APP_PROTOCOL", "h2c")]
    [InlineData("DAPR_HTTP_PORT", "12")]
    [InlineData("DAPR_GRPC_PORT", "13")]
    [InlineData("DAPR_METRICS_PORT", "14")]
    [InlineData("DAPR_API_TOKEN", "dapr")]
    [InlineData("APP_API_TOKEN", "app")]
    [InlineData("DAPR_HTTP_ENDPOINT", null)]
    [InlineData("DAPR_GRPC_ENDPOINT", null)]
    public void LaterOnes_Win(string name, string? expected)
    {
        var ours = All("ours", "OURS", "FILE", "SET", "APP_ID", "DAPR_HTTP_PORT", "APP_PORT", "DAPR_HTTP_ENDPOINT", "DAPR_GRPC_ENDPOINT");
        var app = _app with { Environment = All("file", "FILE", "SET", "APP_ID", "DAPR_API_TOKEN") };
        var set = All("set", "SET", "DAPR_GRPC_PORT");
        var environment = AppEnvironment.ForApp(ours, app, set, new ProcessPorts(11, 12, 13, 14), new ApiTokens("dapr", "app"));
        Assert.Equal(expected, environment.GetValueOrDefault(name));
    }

    [Fact]
    public void AppWithoutPort_InheritsNone() => Assert.DoesNotContain(
        "APP_PORT", AppEnvironment.ForApp(All("9", "APP_PORT"), _app, Nothing, new ProcessPorts(null, 1, 2, 3), new ApiTokens("", "")).Keys);

    [Theory]
    [InlineData("MSBuildSDKsPath", false)]
    [InlineData("MSBUILDLOADALLFILESASREADONLY", false)]
    [InlineData("DOTNET_CLI_TELEMETRY_SESSIONID", false)]
    [InlineData("DOTNET_LAUNCH_PROFILE", false)]
    [InlineData("DOTNET_CLI_HOME", true)]
    [InlineData("DOTNET_HOST_PATH", true)]
    [InlineData("NUGET_PACKAGES", true)]
    [InlineData("PATH", true)]
    public void Build_DoesNotInheritAnotherBuildsVariables(string name, bool kept) =>
        Assert.Equal(kept, AppEnvironment.ForBuild(All("x", name)).ContainsKey(name));

    [Fact]
    public void Tokens_AreTheOnesGiven()
    {
        var tokens = ApiTokens.Choose(All("set", "DAPR_API_TOKEN"), All("ours", "DAPR_API_TOKEN", "APP_API_TOKEN"), _ => []);
        Assert.Equal(("set", "ours"), (tokens.Dapr, tokens.App));
    }

    [Fact]
    public void Tokens_ElseAreRandom_AndNeverPrinted()
    {
        byte next = 250;
        var tokens = ApiTokens.Choose(Nothing, All("", "DAPR_API_TOKEN"), count => [.. Enumerable.Repeat(next++, count)]);
        Assert.Equal(43, tokens.Dapr!.Length);
        Assert.Matches("^[A-Za-z0-9_-]+$", tokens.Dapr + tokens.App);
        Assert.NotEqual(tokens.Dapr, tokens.App);
        Assert.DoesNotContain(tokens.Dapr, tokens.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_OfOneApp_AreTheEnvironmentsOnly()
    {
        var tokens = ApiTokens.Choose(Nothing, All("ours", "APP_API_TOKEN"), null);
        Assert.Equal((null, "ours"), (tokens.Dapr, tokens.App));
        Assert.DoesNotContain("DAPR_API_TOKEN", AppEnvironment.ForApp(Nothing, _app, Nothing, new ProcessPorts(null, 1, 2, 3), tokens).Keys);
    }

    private static Dictionary<string, string> All(string value, params string[] names) => names.ToDictionary(name => name, _ => value);
}
