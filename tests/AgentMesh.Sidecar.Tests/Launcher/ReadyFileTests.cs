using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class ReadyFileTests : IDisposable
{
    private readonly TestTree _folder = new();

    [Fact]
    public void Content_IsWhatScriptsRelyOn()
    {
        Write((Launch("agents", 0, 10), 100), (Launch("gateway", 0, 20), 200), (Launch("gateway", 1, 30), null));
        const string Expected = """{"gateway":"http://127.0.0.1:20","gateways":["http://127.0.0.1:20","http://127.0.0.1:30"],"dashboard":"http://127.0.0.1:8090","""
            + "\"store\":\"sqlite:/x\",\"sidecarPid\":7,\"apps\":["
            + """{"id":"agents","pid":100,"appPort":10,"daprHttpPort":11,"daprGrpcPort":12},{"id":"gateway","pid":200,"appPort":20,"daprHttpPort":21,"daprGrpcPort":22}]}""";
        Assert.Equal(Expected, File.ReadAllText(_folder.At("new/ready.json")));
    }

    [Fact]
    public void Writing_LeavesNothingElseBehind()
    {
        Write((Launch("a", 0, 10), 1));
        Write((Launch("a", 0, 10), 2));
        Assert.Equal([_folder.At("new/ready.json")], Directory.GetFiles(_folder.At("new")));
    }

    [Fact]
    public async Task Readers_NeverSeeHalfAFile()
    {
        (AppLaunch, int?)[] apps = [.. Enumerable.Range(0, 64).Select(replica => (Launch("gateway", replica, 10 + (replica * 3)), (int?)1))];
        Write(apps);
        using var done = new CancellationTokenSource();
        var reading = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested) System.Text.Json.JsonDocument.Parse(File.ReadAllText(_folder.At("new/ready.json"))).Dispose();
            },
            TestContext.Current.CancellationToken);
        for (var write = 0; write < 200; write++) Write(apps);
        await done.CancelAsync();
        await reading;
    }

    [Theory]
    [InlineData(new[] { "agents", "gateway" }, "gateway")]
    [InlineData(new[] { "first", "second" }, "first")]
    [InlineData(new string[0], null)]
    public void MeshsAddress_IsTheGateways_ElseTheFirstApps(string[] appIds, string? expected) =>
        Assert.Equal(expected, ReadyFile.Gateways([.. appIds.Select(id => Launch(id, 0, 1))]) is [var first, ..] ? first.App.AppId : null);

    [Fact]
    public void Delete_RemovesAStaleFile_AndNeedsNone()
    {
        Write((Launch("a", 0, 10), 1));
        var file = new ReadyFile(_folder.At("new/ready.json"));
        file.Delete();
        file.Delete();
        new ReadyFile(_folder.At("nowhere/ready.json")).Delete();
        Assert.False(File.Exists(_folder.At("new/ready.json")));
    }

    public void Dispose() => _folder.Dispose();

    private void Write(params (AppLaunch, int?)[] apps) => new ReadyFile(_folder.At("new/ready.json")).Write(apps, "http://127.0.0.1:8090", "sqlite:/x", 7);

    private static AppLaunch Launch(string id, int replica, int port) => new(
        new RunFileApp(id, "/") { AppPort = port }, new AppDefinition(id, replica, port, port + 1, port + 2), new Dictionary<string, string>());
}
