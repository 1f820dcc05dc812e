using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class RunPathsTests : IDisposable
{
    private readonly TestTree _folder = new();

    public RunPathsTests()
    {
        _folder.Write("repository/AgentMesh.sln", "");
        _folder.Write("repository/dapr/dapr.yaml", "");
        _folder.Folder("repository/src/bin");
        _folder.Write("other/dapr/dapr.yaml", "");
        _folder.Folder("empty");
    }

    [Theory]
    [InlineData("repository", null, "repository/dapr/dapr.yaml", "repository/.agentmesh")]
    [InlineData("empty", null, "repository/dapr/dapr.yaml", "repository/.agentmesh")]
    [InlineData("other", null, "other/dapr/dapr.yaml", "other/.agentmesh")]
    [InlineData("empty", "../other/dapr/dapr.yaml", "other/dapr/dapr.yaml", "empty/.agentmesh")]
    [InlineData("other", "../repository/dapr/dapr.yaml", "repository/dapr/dapr.yaml", "repository/.agentmesh")]
    public void RunFile_IsTheNearest_AndDataLiesInItsRoot(string current, string? given, string runFile, string data)
    {
        var paths = Find(new RunOptions { RunFile = given }, current);
        Assert.Equal((_folder.At(runFile), _folder.At(data)), (paths.RunFile, paths.Data));
        Assert.Null(paths.ReadyFile);
    }

    [Fact]
    public void GivenPaths_StartAtTheCurrentFolder()
    {
        var paths = Find(new RunOptions { Data = "d", ReadyFile = "r.json" }, "empty");
        Assert.Equal((_folder.At("empty/d"), _folder.At("empty/r.json")), (paths.Data, paths.ReadyFile));
    }

    [Fact]
    public void MissingRunFile_IsRefused() =>
        Assert.Contains("no.yaml does not exist", Assert.Throws<LauncherException>(() => Find(new RunOptions { RunFile = "no.yaml" }, "empty")).Message, StringComparison.Ordinal);

    [Fact]
    public void NoRunFileAnywhere_AsksForOne() =>
        Assert.Contains("-f FILE", Assert.Throws<LauncherException>(() => RunPaths.Find(new(), _folder.At("empty"), _folder.At("empty"))).Message, StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private RunPaths Find(RunOptions options, string current) => RunPaths.Find(options, _folder.At(current), _folder.At("repository/src/bin"));
}
