using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AgentMesh.EndToEnd;

/// <summary>
/// The canary on the real mesh, with API keys. As the issue has it, 10,000 operations on each store with one gateway and with three:
/// <c>AGENTMESH_LONG=1 AGENTMESH_CANARY_OPERATIONS=10000 dotnet test --project tests/AgentMesh.EndToEnd -- --filter-class '*CanaryTests'</c>.
/// </summary>
public sealed partial class CanaryTests
{
    private const string OperatorKey = "operators-key-of-a-test-0123456789abcdef";

    [Theory]
    [InlineData(StoreKind.Embedded, 1)]
    [InlineData(StoreKind.Embedded, 3)]
    [InlineData(StoreKind.Redis, 1)]
    [InlineData(StoreKind.Redis, 3)]
    public async Task Nobody_SeesWhatIsAnothers(StoreKind kind, int gateways)
    {
        if ((kind, gateways) != (StoreKind.Embedded, 3))
            LongForm.OrSkip();
        var operations = LongForm.Number("AGENTMESH_CANARY_OPERATIONS", 1000);
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(
            store.Data, store.Redis, options: ["--replicas", $"gateway={gateways}", .. MeshOptions.Set("AgentMesh__Auth__Mode=ApiKey"), .. MeshOptions.Set($"AgentMesh__Auth__BootstrapKey={OperatorKey}")]);
        var token = Path.Combine(store.Data, "operators-key");
        await File.WriteAllTextAsync(token, OperatorKey, TestContext.Current.CancellationToken);
        string[] arguments = [Mesh.CliDll, "canary", "--token-file", token, "--operations", $"{operations}", .. mesh.Ready.Gateways.SelectMany(gateway => new[] { "--url", gateway.ToString() })];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper!.WriteLine(output);
        Assert.True(process.ExitCode == 0, $"{output}\n{await error}");
        // What the sidecar and all apps have printed, and what stands in the store as a key.
        Assert.DoesNotMatch(Marker, mesh.Output);
        Assert.DoesNotContain(OperatorKey, mesh.Output, StringComparison.Ordinal);
        var keys = await StoreKeys.ReadAsync(store);
        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.DoesNotMatch(Marker, key));
    }

    [GeneratedRegex("cnry[a-z2-7]{26}")]
    private static partial Regex Marker { get; }
}
