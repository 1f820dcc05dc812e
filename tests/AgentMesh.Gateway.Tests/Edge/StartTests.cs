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
    public async Task BadConfiguration_EndsTheProcessWithOneLine(string? environment, string? mode, string? origins, string? port, string reason)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AgentMesh.Gateway.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        start.Environment["DOTNET_ENVIRONMENT"] = null;
        start.Environment["AgentMesh__Auth__Mode"] = mode;
        start.Environment["AgentMesh__Cors__Origins"] = origins;
        start.Environment["APP_PORT"] = port;
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
