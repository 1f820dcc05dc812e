using System.Diagnostics;

namespace AgentMesh.Gateway.Tests.Edge;

/// <summary>The built program as a process: what does not start says why in one line.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("Production", null, null, null, "needs authentication")]
    [InlineData("Staging", null, null, null, "needs authentication")]
    [InlineData(null, null, null, null, "needs authentication")]
    [InlineData("Production", "Development", null, null, "needs authentication")]
    [InlineData("Production", "Jwt", null, null, "AgentMesh__Auth__Jwt__Authority or AgentMesh__Auth__Jwt__JwksFile")]
    [InlineData("Development", "jwt", null, null, "not available")]
    [InlineData("Development", "development", null, null, "not available")]
    [InlineData("Development", null, "*", null, "not an origin")]
    [InlineData("Development", null, "https://app.example.org/", null, "not an origin")]
    [InlineData("Development", null, null, "http", "not a port")]
    [InlineData("Development", null, null, "70000", "not a port")]
    public Task BadConfiguration_EndsTheProcessWithOneLine(string? environment, string? mode, string? origins, string? port, string reason) =>
        EndsAsync(reason, ("ASPNETCORE_ENVIRONMENT", environment), ("AgentMesh__Auth__Mode", mode), ("AgentMesh__Cors__Origins", origins), ("APP_PORT", port));

    [Theory]
    [InlineData("AgentMesh__Edge__Proxies", "10.0.0.0/8 and others", "addresses or networks")]
    [InlineData("AgentMesh__Edge__Proxies", "10.0.0.0/33", "addresses or networks")]
    [InlineData("AgentMesh__Edge__Proxies", "0.0.0.0/0", "all addresses")]
    [InlineData("AgentMesh__Edge__Proxies", "10.0.0.1, ::/0", "all addresses")]
    [InlineData("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true", "believes every caller")]
    [InlineData("AgentMesh__Edge__CertificateFile", "tls.crt", "each needs the other")]
    [InlineData("AgentMesh__Edge__CertificateKeyFile", "tls.key", "each needs the other")]
    [InlineData("AgentMesh__Edge__AnonymousPerMinute", "-1", "are 0 to 1000000")]
    [InlineData("AgentMesh__Edge__UnknownKeysPerMinute", "1000001", "are 0 to 1000000")]
    public Task BadSettingOfTheEdge_EndsTheProcessWithOneLine(string name, string value, string reason) =>
        EndsAsync(reason, ("ASPNETCORE_ENVIRONMENT", "Production"), ("AgentMesh__Auth__Mode", "ApiKey"), (name, value));

    [Theory]
    [InlineData(null, null, "APP_API_TOKEN and DAPR_API_TOKEN")]
    [InlineData("a", null, "needs DAPR_API_TOKEN")]
    [InlineData(null, "d", "needs APP_API_TOKEN")]
    public Task OutsideDevelopment_MissingTokens_EndTheProcessWithOneLine(string? appToken, string? daprToken, string reason) => EndsAsync(
        reason, ("ASPNETCORE_ENVIRONMENT", "Production"), ("AgentMesh__Auth__Mode", "ApiKey"), ("APP_API_TOKEN", appToken), ("DAPR_API_TOKEN", daprToken));

    [Fact]
    public Task FilesThatAreNoCertificate_EndTheProcessWithOneLine() => EndsAsync(
        "AgentMesh__Edge__CertificateKeyFile: Could not find", ("ASPNETCORE_ENVIRONMENT", "Production"), ("AgentMesh__Auth__Mode", "ApiKey"),
        ("AgentMesh__Edge__CertificateFile", "/nowhere/tls.crt"), ("AgentMesh__Edge__CertificateKeyFile", "/nowhere/tls.key"));

    /// <summary>The image has nothing else that could ask. Nobody listens at port 1.</summary>
    [Fact]
    public Task HealthCheck_OfAnAppThatIsNotThere_EndsTheProcessWithOneLine() =>
        EndsAsync(["--healthcheck"], "http://127.0.0.1:1/livez does not answer", ("ASPNETCORE_ENVIRONMENT", "Production"), ("APP_PORT", "1"));

    private static Task EndsAsync(string reason, params (string Name, string? Value)[] environment) => EndsAsync([], reason, environment);

    private static async Task EndsAsync(string[] arguments, string reason, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AgentMesh.Gateway.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = null;
        (start.Environment["APP_API_TOKEN"], start.Environment["DAPR_API_TOKEN"]) = ("app", "dapr");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(1, process.ExitCode);
            Assert.Contains(reason, error, StringComparison.Ordinal);
            Assert.Single(error.TrimEnd().Split('\n'));
            Assert.DoesNotContain("   at ", await output, StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
