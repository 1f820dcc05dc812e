namespace AgentMesh.Tidy;

/// <summary>Which project may know which: the arrows of the house style. A new project adds its line here.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["AgentMesh.Primitives"] = [],
        ["AgentMesh.Contracts"] = ["AgentMesh.Primitives", "Dapr.Actors"],
        ["AgentMesh.Evm"] = ["AgentMesh.Primitives", "BouncyCastle.Cryptography"],
        ["AgentMesh.X402"] = ["AgentMesh.Evm", "Polly.Core"],
        ["AgentMesh.Agents"] = ["AgentMesh.Primitives", "Cronos"],
        ["AgentMesh.ServiceDefaults"] = ["AgentMesh.Primitives", "OpenTelemetry.Exporter.OpenTelemetryProtocol", "OpenTelemetry.Exporter.Prometheus.AspNetCore", "OpenTelemetry.Extensions.Hosting", "OpenTelemetry.Instrumentation.AspNetCore"],
        ["AgentMesh.ActorHost"] = ["AgentMesh.Agents", "AgentMesh.Contracts", "AgentMesh.Evm", "AgentMesh.Primitives", "AgentMesh.ServiceDefaults", "AgentMesh.X402", "Dapr.Actors.AspNetCore", "Dapr.Client", "Dapr.AspNetCore", "Anthropic", "Microsoft.Extensions.AI", "Microsoft.Extensions.AI.OpenAI", "OpenAI", "Polly.Core"],
        ["AgentMesh.Gateway"] = ["AgentMesh.Contracts", "AgentMesh.X402.AspNetCore", "AgentMesh.Primitives", "AgentMesh.ServiceDefaults", "Dapr.Actors", "Dapr.Actors.AspNetCore", "Dapr.Client", "Dapr.AspNetCore", "FluentValidation", "Microsoft.AspNetCore.Authentication.JwtBearer", "Microsoft.Extensions.Http.Resilience", "ModelContextProtocol.AspNetCore"],
        ["AgentMesh.Payments"] = ["AgentMesh.Contracts", "AgentMesh.ServiceDefaults", "AgentMesh.X402", "Dapr.Actors.AspNetCore", "Polly.Core"],
        ["AgentMesh.X402.AspNetCore"] = ["AgentMesh.X402"],
        ["AgentMesh.Facilitator"] = ["AgentMesh.ServiceDefaults", "AgentMesh.X402"],
        ["AgentMesh.LocalData"] = [],
        ["AgentMesh.CrashKit"] = [],
        ["AgentMesh.Cli"] = ["AgentMesh.CrashKit", "AgentMesh.LocalData", "AgentMesh.X402", "System.CommandLine"],
        ["AgentMesh.Sidecar"] = ["AgentMesh.LocalData", "Dapr.Protos", "Grpc.AspNetCore.Server", "Microsoft.Data.Sqlite", "Polly.Core", "prometheus-net", "StackExchange.Redis", "System.CommandLine", "YamlDotNet"],
    };

    public static TheoryData<string> SourceProjects => [.. Repository.Files("src", "*.csproj")];

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void Project_ReferencesOnlyWhatItsArrowAllows(string project)
    {
        Assert.True(Allowed.TryGetValue(Path.GetFileNameWithoutExtension(project), out var allowed), $"{project} has no arrow in this test.");
        Assert.Empty(Repository.References(project).Except(allowed));
    }

    [Fact]
    public void NothingReferences_TestsBenchmarksOrSamples()
    {
        var leaves = Repository.Projects().Where(project => !project.StartsWith("src/", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension).ToHashSet();
        Assert.All(Repository.Files("src", "*.csproj"), project => Assert.DoesNotContain(Repository.References(project), leaves.Contains));
    }

    [Fact]
    public void Solution_HoldsEveryProject()
    {
        var solution = Repository.Read("AgentMesh.sln").Replace('\\', '/');
        Assert.All(Repository.Projects(), project => Assert.Contains(project, solution, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryProject_HasALockFile() =>
        Assert.All(Repository.Projects(), project => Assert.True(File.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(project)!, "packages.lock.json")), project));

    [Fact]
    public void EverySourceProject_HasAReadme() =>
        Assert.All(Repository.Files("src", "*.csproj"), project => Assert.True(File.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(project)!, "README.md")), project));
}
