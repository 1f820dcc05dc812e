using System.Text.Json;
using AgentMesh.Cli.Buying;

namespace AgentMesh.Cli.Tests.Buying;

/// <summary>Payments as the command stores them.</summary>
internal static class StoredPayments
{
    /// <summary>Pays at a seller that leaves the outcome open, and reads what is kept.</summary>
    public static async Task<UnfinishedPayment> MakeAsync(TestTerminal terminal, TestMesh mesh)
    {
        mesh.Faults.Enqueue(Fault.UnknownForTenSeconds);
        var ran = await terminal.RunAsync(
            "pay", TestMesh.Path, "--gateway", $"{mesh.Url}", "--facilitator", $"{mesh.Url}", "--body", """{"query":"Is it so?"}""", "--wait", "0");
        Assert.Equal(4, ran.ExitCode);
        return JsonSerializer.Deserialize<UnfinishedPayment>(await File.ReadAllBytesAsync(Assert.Single(terminal.Unfinished)), CliJson.Stored)!;
    }
}
