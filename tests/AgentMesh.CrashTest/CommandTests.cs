using System.Diagnostics;
using System.Text.Json;
using AgentMesh.EndToEnd;

namespace AgentMesh.CrashTest;

/// <summary>The crash test that users have: <c>AgentMesh.Cli -- crash-test</c>, docs/crash-test.md.</summary>
public sealed class CommandTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Of this seed agents processes are killed three times, and one is paused.</summary>
    [Fact]
    public async Task Messages_AreThereOnce_WhateverTheCommandKills()
    {
        var start = new ProcessStartInfo("dotnet", [Mesh.CliDll, "crash-test", "messages", "--seconds", "15", "--seed", "1", "--launcher", Mesh.SidecarDll, "--json"])
        {
            WorkingDirectory = Mesh.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, output + await error);
            var scenario = Assert.Single(JsonElement.Parse(output).GetProperty("scenarios").EnumerateArray());
            Assert.Equal((0, 0, 0), (scenario.GetProperty("lost").GetInt32(), scenario.GetProperty("doubled").GetInt32(), scenario.GetProperty("wrong").GetInt32()));
            Assert.NotEqual(0, scenario.GetProperty("acknowledged").GetInt32());
            Assert.NotEqual(0, scenario.GetProperty("accidents").GetProperty("kills").GetInt32());
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
