using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class RunRegistryTests : IDisposable
{
    private readonly TestTree _folder = new();
    private readonly RunRegistry _registry;

    public RunRegistryTests() => _registry = new RunRegistry(_folder.At("runs"));

    [Fact]
    public void Runs_AreTheUsersOnly()
    {
        Assert.Empty(_registry.Read());
        _registry.Write(Run(Environment.ProcessId, Now));
        Assert.Equal(Environment.ProcessId, Assert.Single(_registry.Read()).Pid);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.At("runs")));
        _registry.Remove(Environment.ProcessId);
        Assert.Empty(_registry.Read());
    }

    [Fact]
    public void RecycledProcessNumber_IsNoRun_AndItsFileIsRemoved()
    {
        // Our own number with another start: what a number looks like that the system has given away again.
        _registry.Write(Run(Environment.ProcessId, Now + "1"));
        _folder.Write("runs/77.json", "{ cut sho");
        Assert.Empty(_registry.Read());
        Assert.Empty(Directory.GetFiles(_folder.At("runs")));
    }

    [Fact]
    public async Task Stop_LeavesARecycledNumberAlone()
    {
        _registry.Write(Run(Environment.ProcessId, Now + "1"));
        using var error = new StringWriter();
        var stop = new StopCommand(_registry, TextWriter.Null, error, TimeProvider.System);
        Assert.Equal(1, await stop.RunAsync(new StopOptions(["app"], null), "/"));
        Assert.Equal("failed to stop app id app: couldn't find app id app", error.ToString().Trim());
    }

    public void Dispose() => _folder.Dispose();

    private static string Now => ProcessIdentity.StartTimeOf(Environment.ProcessId)!;

    private static RunRecord Run(int pid, string startTime) =>
        new(pid, startTime, DateTimeOffset.UnixEpoch, null, [new RunRecordApp("app", 1, 2, 3, 4, 5, "x", "", "")]);
}
