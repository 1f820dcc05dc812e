using System.Text.Json;
using AgentMesh.LocalData;

namespace AgentMesh.Cli.Tests.MasterKeys;

/// <summary>The master key of wallets, made and rotated by command. No key is ever printed.</summary>
public sealed class MasterKeyTests : IDisposable
{
    private readonly TestTerminal _terminal = new();

    private string File => _terminal.At("data/secrets.json");

    [Fact]
    public async Task Init_MakesTheKeyOnce()
    {
        var first = await RunAsync("init");
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.StartsWith($"made the master key of wallets in {File}", first.Output, StringComparison.Ordinal);
        var keys = Keys();
        var second = await RunAsync("init");
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        Assert.Contains("nothing was changed", second.Output, StringComparison.Ordinal);
        Assert.Equal(keys, Keys());
        Assert.False(PrivateFile.IsOpenToOthers(File));
    }

    [Fact]
    public async Task Rotate_PutsAKeyInFront_AndSaysWhatToDo()
    {
        await RunAsync("init");
        var older = Keys();
        var ran = await RunAsync("rotate-keys");
        Assert.Equal((0, ""), (ran.ExitCode, ran.Error));
        Assert.Contains("in front of 1 older", ran.Output, StringComparison.Ordinal);
        Assert.Contains("Start the mesh again", ran.Output, StringComparison.Ordinal);
        Assert.Equal(older, Keys()[1..]);
        Assert.All(Keys(), key => Assert.DoesNotContain(key, _terminal.Everything, StringComparison.Ordinal));
        Assert.False(PrivateFile.IsOpenToOthers(File));
    }

    [Fact]
    public async Task Rotate_StopsAtSixteen_AndLosesNone()
    {
        await RunAsync("init");
        for (var n = 0; n < 15; n++)
            Assert.Equal(0, (await RunAsync("rotate-keys")).ExitCode);
        var keys = Keys();
        Assert.Equal(16, keys.Length);
        var ran = await RunAsync("rotate-keys");
        Assert.Equal(3, ran.ExitCode);
        Assert.Contains("has 16 keys, the most that are read", ran.Error, StringComparison.Ordinal);
        Assert.Equal(keys, Keys());
    }

    [Theory]
    [InlineData(null, 3, "there is nothing to rotate; `init` makes the first key")]
    [InlineData("""{"other":"x"}""", 3, "there is nothing to rotate")]
    [InlineData("""{"wallet-keys":"c2VjcmV0"}""", 1, "is no list of keys of 32 bytes in base64")]
    [InlineData("[\"c2VjcmV0\"", 1, "is not a JSON object of secrets (line 1)")]
    public async Task RotateOfWhatIsNot_IsRefused(string? content, int exitCode, string text)
    {
        if (content is not null)
            _terminal.Write("data/secrets.json", content);
        var ran = await RunAsync("rotate-keys");
        Assert.Equal(exitCode, ran.ExitCode);
        Assert.Contains(text, ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileThatOthersCanOpen_IsTold()
    {
        if (OperatingSystem.IsWindows())
            return;
        _terminal.Write("data/secrets.json", """{"wallet-keys":"x"}""");
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains($"chmod 600 {File}", (await RunAsync("init")).Error, StringComparison.Ordinal);
    }

    /// <summary>The mesh of a repository: the folder that the launcher would take.</summary>
    [Fact]
    public async Task WithoutAFolder_ItIsTheMeshsOwn()
    {
        _terminal.Write("AgentMesh.sln", "");
        _terminal.Write("dapr/dapr.yaml", "");
        Assert.Equal(0, (await _terminal.RunAsync("init")).ExitCode);
        Assert.True(System.IO.File.Exists(_terminal.At(".agentmesh/secrets.json")));
    }

    /// <summary>The names that this program has are those of the mesh's own files.</summary>
    [Fact]
    public void Names_AreThoseOfTheRepository()
    {
        var component = System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Repository", "secretstore.yaml"));
        Assert.Contains($"random-secrets: {SecretsFile.WalletKeys}\n", component, StringComparison.Ordinal);
        Assert.Contains($"value: {MeshFolders.DefaultData}/{SecretsFile.FileName}\n", component, StringComparison.Ordinal);
        var runFile = System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Repository", "dapr.yaml"));
        Assert.Contains("appPort: 8080", runFile, StringComparison.Ordinal);
        Assert.Matches(@"appID: facilitator\s+appDirPath: \S+\s+appPort: 8083", runFile);
    }

    public void Dispose() => _terminal.Dispose();

    private Task<Ran> RunAsync(string command) => _terminal.RunAsync(command, "--data", "data");

    private string[] Keys() => JsonElement.Parse(System.IO.File.ReadAllBytes(File)).GetProperty("wallet-keys").GetString()!.Split(',');
}
