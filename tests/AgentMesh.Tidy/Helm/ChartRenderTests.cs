using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AgentMesh.Tidy.Helm;

/// <summary>The chart as Helm renders it, where Helm is on the PATH. The other tests look at what was approved of that.</summary>
public sealed partial class ChartRenderTests
{
    private static readonly string? Helm = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "helm")).FirstOrDefault(File.Exists);

    public static TheoryData<string> Names => Rendered.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Manifests_AreTheApprovedOnes(string name)
    {
        var (exitCode, output, error) = await RunAsync("template", "agentmesh", ".", "--namespace", "agentmesh", "-f", Rendered.ValueFiles[name]);
        Assert.True(exitCode == 0, error);
        var rendered = RandomValue().Replace(output, "$1 random");
        var approved = Path.Combine(Repository.Root, Rendered.FileOf(name));
        if (File.Exists(approved) && await File.ReadAllTextAsync(approved, TestContext.Current.CancellationToken) == rendered)
            return;
        var received = approved.Replace(".approved.", ".received.", StringComparison.Ordinal);
        await File.WriteAllTextAsync(received, rendered, TestContext.Current.CancellationToken);
        Assert.Fail($"The chart renders something else. Look at it, and take it: mv {received} {approved}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Chart_IsLinted(string name)
    {
        var (exitCode, output, error) = await RunAsync("lint", "--strict", ".", "-f", Rendered.ValueFiles[name]);
        Assert.True(exitCode == 0, output + error);
    }

    /// <summary>What is missing, or is only safe elsewhere, is said before anything is installed.</summary>
    [Theory]
    [InlineData("image.registry is not set")]
    [InlineData("auth.mode is not set", "image.registry=r.example")]
    [InlineData("Set redis.host", "image.registry=r.example", "auth.mode=ApiKey")]
    [InlineData("Set redis.host", "image.registry=r.example", "auth.mode=ApiKey", "redis.host=r:6379", "redis.bundled.enabled=true")]
    [InlineData("redis.bundled is one Redis", "image.registry=r.example", "auth.mode=ApiKey", "redis.bundled.enabled=true")]
    [InlineData("image.tag is latest", "image.registry=r.example", "image.tag=latest")]
    [InlineData("auth.jwt.authority or auth.jwt.jwksConfigMap", "image.registry=r.example", "auth.mode=Jwt", "redis.host=r:6379")]
    [InlineData("set auth.jwt.audience", "image.registry=r.example", "auth.mode=Jwt", "redis.host=r:6379", "auth.jwt.authority=https://login.example.org")]
    [InlineData("needs auth.jwt.issuer", "image.registry=r.example", "auth.mode=Jwt", "redis.host=r:6379", "auth.jwt.jwksConfigMap=keys")]
    [InlineData("facilitator.mode is simulated", "image.registry=r.example", "auth.mode=ApiKey", "redis.host=r:6379", "facilitator.mode=simulated")]
    [InlineData("set facilitator.baseUrl", "image.registry=r.example", "auth.mode=ApiKey", "redis.host=r:6379", "facilitator.baseUrl=")]
    [InlineData("set encryption.keysSecret too", "image.registry=r.example", "auth.mode=ApiKey", "redis.host=r:6379", "encryption.tenants=all")]
    [InlineData("set responder.model too", "image.registry=r.example", "auth.mode=ApiKey", "redis.host=r:6379", "responder.provider=openai")]
    [InlineData("set ingress.hosts and ingress.tlsSecret", "image.registry=r.example", "auth.mode=ApiKey", "redis.host=r:6379", "ingress.enabled=true")]
    [InlineData("ASPNETCORE_ENVIRONMENT cannot be set by env", "image.registry=r.example", "auth.mode=ApiKey", "redis.host=r:6379", "apps.gateway.env.ASPNETCORE_ENVIRONMENT=Development")]
    [InlineData("agentmesh__auth__mode cannot be set by env", "image.registry=r.example", "auth.mode=ApiKey", "redis.host=r:6379", "defaults.env.agentmesh__auth__mode=Development")]
    [InlineData("/auth/mode", "auth.mode=Development")]
    [InlineData("replica", "apps.agents.replica=3")]
    [InlineData("nonsense", "nonsense=1")]
    public async Task WhatIsMissing_IsSaid(string sentence, params string[] values)
    {
        var (exitCode, _, error) = await RunAsync(["template", "agentmesh", ".", .. values.SelectMany(value => (string[])["--set", value])]);
        Assert.NotEqual(0, exitCode);
        Assert.Contains(sentence, error.Replace("auth.mode:", "/auth/mode", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        Assert.SkipUnless(Helm is not null, "helm is not on the PATH; the approved manifests are looked at all the same.");
        var start = new ProcessStartInfo(Helm, arguments)
        {
            WorkingDirectory = Path.Combine(Repository.Root, Rendered.Chart),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    // Of the secrets that the chart makes in development; nothing else stands so far to the left and is so long.
    [GeneratedRegex("^(  [a-z-]+:) [A-Za-z0-9+/=]{40,}$", RegexOptions.Multiline)]
    private static partial Regex RandomValue();
}
