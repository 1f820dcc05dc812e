using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class AppBuildTests : IDisposable
{
    private const string Output = "bin/Release/net10.0/Tiny.dll";

    private readonly TestTree _folder = new();
    private readonly ConsoleRecorder _console = new();

    [Fact]
    public async Task MissingOutput_IsBuiltOnce()
    {
        Project("<TargetFramework>net10.0</TargetFramework>");
        _folder.Write("Tiny/Code.cs", "class C;");
        await BuildAsync(noBuild: false);
        await BuildAsync(noBuild: false);
        Assert.True(File.Exists(_folder.At("Tiny/" + Output)));
        Assert.Equal(["building Tiny (Release)"], _console.Lines);

        // Copied files change no dll: without the stamp every start would build again.
        File.SetLastWriteTimeUtc(_folder.Write("Tiny/settings.json", "{}"), DateTime.UtcNow.AddSeconds(1));
        File.SetLastWriteTimeUtc(_folder.At("Tiny/obj/launcher.Release.stamp"), DateTime.UtcNow.AddSeconds(2));
        await BuildAsync(noBuild: false);
        Assert.Single(_console.Lines);
    }

    [Fact]
    public async Task FailedBuild_ShowsWhatTheCompilerSaid()
    {
        Project("<TargetFramework>net10.0</TargetFramework>", """<Target Name="No" BeforeTargets="CoreCompile"><Error Text="it is Monday" /></Target>""");
        var failed = await Assert.ThrowsAsync<LauncherException>(() => BuildAsync(noBuild: false));
        Assert.Equal("Tiny does not build (dotnet build ended with 1)", failed.Message);
        Assert.Contains("it is Monday", string.Join('\n', _console.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoBuild_WithoutOutput_IsRefused()
    {
        Project("");
        var refused = await Assert.ThrowsAsync<LauncherException>(() => BuildAsync(noBuild: true));
        Assert.Contains("tiny is not built", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoBuild_TakesStaleOutput()
    {
        Project("");
        File.SetLastWriteTimeUtc(_folder.Write("Tiny/" + Output, ""), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await BuildAsync(noBuild: true);
        Assert.Empty(_console.Lines);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _console.Dispose();
    }

    private void Project(string properties, string rest = "") =>
        _folder.Write("Tiny/Tiny.csproj", $"""<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>{properties}</PropertyGroup>{rest}</Project>""");

    private Task BuildAsync(bool noBuild) => new AppBuild(_console, AppEnvironment.Ours(), TimeProvider.System).RunAsync(
        [new RunFileApp("tiny", _folder.At("Tiny")) { Command = ["dotnet", Output] }], noBuild, TestContext.Current.CancellationToken);
}
