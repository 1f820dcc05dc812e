using System.Text;

namespace AgentMesh.LocalData.Tests;

public sealed class PrivateFileTests : IDisposable
{
    private const UnixFileMode UserOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Directory.CreateTempSubdirectory("agentmesh-test-").FullName;

    private string At => Path.Combine(_folder, "file");

    [Fact]
    public void Write_ReplacesTheWholeFile_ForItsUserOnly()
    {
        File.WriteAllText(At, "older and longer");
        PrivateFile.Write(At, "new"u8);
        Assert.Equal("new", File.ReadAllText(At));
        Assert.Equal(["file"], Directory.GetFiles(_folder).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UserOnly, File.GetUnixFileMode(At));
    }

    [Fact]
    public void TryCreate_OfManyAtOnce_MakesItOnce_AndAllReadThatOne()
    {
        var made = new bool[16];
        var read = new string[16];
        Parallel.For(0, made.Length, n =>
        {
            made[n] = PrivateFile.TryCreate(At, Encoding.UTF8.GetBytes($"{n}"));
            read[n] = File.ReadAllText(At);
        });
        var winner = Array.IndexOf(made, true);
        Assert.Single(made, true);
        Assert.All(read, text => Assert.Equal($"{winner}", text));
        Assert.Equal(["file"], Directory.GetFiles(_folder).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UserOnly, File.GetUnixFileMode(At));
    }

    [Fact]
    public void WithoutItsFolder_NothingIsWritten()
    {
        var path = Path.Combine(_folder, "none", "file");
        Assert.ThrowsAny<IOException>(() => PrivateFile.Write(path, "x"u8));
        Assert.ThrowsAny<IOException>(() => PrivateFile.TryCreate(path, "x"u8));
        // Something that no file can take the place of.
        Directory.CreateDirectory(At);
        Assert.ThrowsAny<Exception>(() => PrivateFile.Write(At, "x"u8));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData(UserOnly, false)]
    [InlineData(UnixFileMode.UserRead, false)]
    [InlineData(UserOnly | UnixFileMode.UserExecute, false)]
    [InlineData(UserOnly | UnixFileMode.GroupRead, true)]
    [InlineData(UserOnly | UnixFileMode.OtherWrite, true)]
    public void IsOpenToOthers_IsAnyRightOfOthers(UnixFileMode mode, bool isOpen)
    {
        if (OperatingSystem.IsWindows())
            return;
        File.WriteAllText(At, "");
        File.SetUnixFileMode(At, mode);
        Assert.Equal(isOpen, PrivateFile.IsOpenToOthers(At));
    }

    [Fact]
    public void File_IsMadeByOne_OfManyAtOnce()
    {
        // Often enough that those who look before the file is there are met.
        for (var round = 0; round < 100; round++)
        {
            var path = Path.Combine(_folder, $"made-{round}");
            var made = new bool[8];
            Parallel.For(0, made.Length, n => made[n] = PrivateFile.TryCreate(path, [(byte)n]));
            Assert.Equal(Array.IndexOf(made, true), Assert.Single(File.ReadAllBytes(path)));
            Assert.Single(made, isMade => isMade);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
