using System.Diagnostics;
using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _parent = new();
    private readonly LogList<DataFolder> _log = new();

    private string Folder => _parent.File("data");

    public void Dispose() => _parent.Dispose();

    [Fact]
    public void Open_MakesTheFolderForItsOwnerOnly()
    {
        using var folder = Open();
        Assert.Equal(Folder, folder.Path);
        if (!OperatingSystem.IsWindows()) // which has no file modes
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
    }

    [Fact]
    public void Open_Twice_IsRefusedAndNamesThePid_UntilTheFirstIsDisposed()
    {
        using (Open())
        {
            var exception = Assert.Throws<LauncherException>(Open);
            Assert.Contains($"pid {Environment.ProcessId}", exception.Message, StringComparison.Ordinal);
        }

        using var again = Open();
    }

    [Fact]
    public async Task Open_LockOfAProcessThatWasKilled_IsFree()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "flock(1) is a Linux tool.");
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Path.Combine(Folder, "pid"), "4711", TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("flock") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["--no-fork", Path.Combine(Folder, "lock"), "sh", "-c", "echo locked; exec sleep 1000"])
            start.ArgumentList.Add(argument);
        using var holder = Process.Start(start)!;
        try
        {
            Assert.Equal("locked", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            Assert.Contains("pid 4711", Assert.Throws<LauncherException>(Open).Message, StringComparison.Ordinal);
        }
        finally
        {
            holder.Kill();
            await holder.WaitForExitAsync(CancellationToken.None);
        }

        using var folder = Open();
    }

    [Fact]
    public void Open_PathIsAFile_IsRefused()
    {
        File.WriteAllText(Folder, "");
        Assert.Contains("cannot be used", Assert.Throws<LauncherException>(Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sqlite:/a/state.db", "sqlite:/a/state.db", true, false)]
    [InlineData("sqlite:/a/state.db", "sqlite:/b/state.db", true, false)]
    [InlineData("redis:a:6379", "redis:a:6379", true, false)]
    [InlineData("redis:a:6379", "redis:b:6380", true, true)]
    [InlineData("sqlite:/a/state.db", "redis:a:6379", false, false)]
    [InlineData("redis:a:6379", "sqlite:/a/state.db", false, false)]
    public void RememberStore_KeepsTheKind(string first, string second, bool isAllowed, bool isLogged)
    {
        using (var folder = Open())
            folder.RememberStore(first);
        using var again = Open();
        if (isAllowed)
            again.RememberStore(second);
        else
            Assert.Contains(first.Split(':')[0], Assert.Throws<LauncherException>(() => again.RememberStore(second)).Message, StringComparison.Ordinal);
        Assert.Equal(isLogged ? 1 : 0, _log.Messages.Count);
    }

    private DataFolder Open() => DataFolder.Open(Folder, TimeProvider.System, _log);
}
