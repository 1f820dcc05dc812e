using System.Diagnostics;
using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class ProcessListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LogList<ProcessList> _log = new();
    private readonly List<Process> _started = [];

    public ProcessListTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The processes of these tests are shell commands.");

    public void Dispose()
    {
        foreach (var process in _started)
        {
            process.Kill();
            process.Dispose();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task EndLeftovers_ProcessOfAnEarlierSidecar_IsEndedBySigterm()
    {
        var process = Start("exec sleep 1000");
        Load().Add(process.Id, "agents");

        var next = Load();
        await next.EndLeftoversAsync(TestContext.Current.CancellationToken);

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(128 + 15, process.ExitCode);
        Assert.Empty(next.Processes);
        Assert.Empty(Load().Processes);
        Assert.Contains(_log.Messages, message => message.Contains("agents", StringComparison.Ordinal) && message.Contains($"{process.Id}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FullDisk_IsReported_AndTheListGoesOnInMemory()
    {
        var process = Start("exec sleep 1000");
        var list = Load();
        // Stands for the full disk: the file cannot be written.
        var obstacle = Directory.CreateDirectory(Path.Combine(_folder.Path, ProcessList.FileName + ".new"));

        list.Add(process.Id, "agents");
        Assert.Single(list.Processes);
        Assert.Contains(_log.Messages, message => message.Contains("cannot be written", StringComparison.Ordinal));

        obstacle.Delete();
        await list.EndLeftoversAsync(TestContext.Current.CancellationToken);
        Assert.Empty(list.Processes);
    }

    [Fact]
    public async Task EndLeftovers_ProcessThatIgnoresSigterm_IsKilled()
    {
        var process = Start("trap '' TERM; echo ready; exec sleep 1000");
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Load().Add(process.Id, "agents");
        await Load().EndLeftoversAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(128 + 9, process.ExitCode);
    }

    [Fact]
    public async Task EndLeftovers_PidOfAnotherProcess_IsLeftAlone()
    {
        var process = Start("exec sleep 1000");
        Load().Add(process.Id, "agents");
        var path = _folder.File(ProcessList.FileName);
        var startTime = Assert.Single(Load().Processes).StartTime;
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Replace(startTime, "1", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var next = Load();
        await next.EndLeftoversAsync(TestContext.Current.CancellationToken);

        Assert.NotNull(ProcessIdentity.StartTimeOf(process.Id));
        Assert.Empty(next.Processes);
        Assert.Empty(_log.Messages);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public async Task EndLeftovers_PidThatIsNoProcess_IsTakenOffTheList(int pid)
    {
        await File.WriteAllTextAsync(_folder.File(ProcessList.FileName), $$"""[{"pid":{{pid}},"startTime":"1","appId":"agents"}]""", TestContext.Current.CancellationToken);
        var list = Load();
        Assert.Single(list.Processes);
        await list.EndLeftoversAsync(TestContext.Current.CancellationToken);
        Assert.Empty(Load().Processes);
    }

    [Fact]
    public void AddAndRemove_AreOnDiskAtOnce()
    {
        var (first, second) = (Start("exec sleep 1000"), Start("exec sleep 1000"));
        var list = Load();
        list.Add(first.Id, "gateway");
        list.Add(second.Id, "agents");
        Assert.Equal([(first.Id, "gateway"), (second.Id, "agents")], Load().Processes.Select(process => (process.Pid, process.AppId)));
        list.Remove(first.Id);
        list.Remove(first.Id);
        Assert.Equal([second.Id], Load().Processes.Select(process => process.Pid));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[{")]
    [InlineData("{}")]
    public void Load_ListThatCannotBeRead_IsIgnoredWithAWarning(string text)
    {
        File.WriteAllText(_folder.File(ProcessList.FileName), text);
        Assert.Empty(Load().Processes);
        Assert.StartsWith("Warning", Assert.Single(_log.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public void StartTime_OfOneProcess_StaysTheSame_AndIsNullWithoutOne()
    {
        Assert.NotNull(ProcessIdentity.StartTimeOf(Environment.ProcessId));
        Assert.Equal(ProcessIdentity.StartTimeOf(Environment.ProcessId), ProcessIdentity.StartTimeOf(Environment.ProcessId));
        Assert.Null(ProcessIdentity.StartTimeOf(int.MaxValue));
    }

    private ProcessList Load() => new(_folder.Path, TimeProvider.System, _log);

    private Process Start(string command)
    {
        var process = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true })!;
        _started.Add(process);
        return process;
    }
}
