using System.Diagnostics;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class AppProjectTests : IDisposable
{
    private static readonly DateTime Built = new(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc);

    private readonly TestTree _folder = new();

    public AppProjectTests()
    {
        Old("src/App/App.csproj", """<Project><ItemGroup><ProjectReference Include="..\Library\Library.csproj" /></ItemGroup></Project>""");
        Old("src/App/Program.cs");
        Old("src/Library/Library.csproj", """<Project><ItemGroup><ProjectReference Include="../Deep/Deep.csproj" /><ProjectReference Include="../App/App.csproj" /></ItemGroup></Project>""");
        Old("src/Deep/Deep.csproj", "<Project />");
        Old("Directory.Build.props");
        File.SetLastWriteTimeUtc(_folder.Write("src/App/bin/Release/net10.0/App.dll", ""), Built);
    }

    [Theory]
    [InlineData("src/App/Program.cs", true)]
    [InlineData("src/App/Feature/New.cs", true)]
    [InlineData("src/App/App.csproj", true)]
    [InlineData("src/App/appsettings.json", true)]
    [InlineData("src/App/packages.lock.json", true)]
    [InlineData("src/App/wwwroot/index.html", true)]
    [InlineData("src/Library/Code.cs", true)]
    [InlineData("src/Deep/Code.cs", true)]
    [InlineData("Directory.Build.props", true)]
    [InlineData("Directory.Packages.props", true)]
    [InlineData("global.json", true)]
    [InlineData("src/Directory.Build.props", true)]
    [InlineData("src/App/README.md", false)]
    [InlineData("src/App/App.http", false)]
    [InlineData("src/App/bin/Release/net10.0/App.runtimeconfig.json", false)]
    [InlineData("src/App/obj/project.assets.json", false)]
    [InlineData("src/App/.vs/x.json", false)]
    [InlineData("src/Stranger/Code.cs", false)]
    [InlineData("README.md", false)]
    public void NewerFile_MakesTheOutputStale_IfTheBuildReadsIt(string file, bool stale)
    {
        var path = _folder.At(file);
        if (!File.Exists(path)) _folder.Write(file, "");
        File.SetLastWriteTimeUtc(path, Built.AddSeconds(1));
        Assert.Equal(stale, Project().IsStale());
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Staleness_BeginsAfterTheOutputsTime(int seconds, bool stale)
    {
        File.SetLastWriteTimeUtc(_folder.At("src/App/Program.cs"), Built.AddSeconds(seconds));
        Assert.Equal(stale, Project().IsStale());
    }

    [Fact]
    public void MissingOutput_IsStale()
    {
        File.Delete(Project().Output);
        Assert.True(Project().IsStale());
    }

    [Fact]
    public void Stamp_CountsAsABuild()
    {
        File.SetLastWriteTimeUtc(_folder.At("src/App/Program.cs"), Built.AddSeconds(1));
        _folder.Write("src/App/obj/launcher.Release.stamp", "");
        File.SetLastWriteTimeUtc(Project().StampFile, Built.AddSeconds(1));
        Assert.False(Project().IsStale());
    }

    [Fact]
    public void Check_OfAThousandFiles_IsFast()
    {
        for (var file = 0; file < 1000; file++) Old($"src/App/Feature{file % 20}/File{file}.cs");
        var project = Project();
        Assert.False(project.IsStale());
        var watch = Stopwatch.StartNew();
        Assert.False(project.IsStale());
        // A tenth of a second is promised; the slack is for a machine busy with other tests.
        Assert.InRange(watch.ElapsedMilliseconds, 0, 300);
    }

    [Theory]
    [InlineData("dotnet", "bin/Release/net10.0/App.dll", "Release")]
    [InlineData("dotnet", "bin/Debug/net10.0/App.dll", "Debug")]
    [InlineData("dotnet", "out/App.dll", "Release")]
    [InlineData("dotnet", "run", null)]
    [InlineData("node", "app.dll", null)]
    public void Configuration_IsTheOneOfThePath(string program, string argument, string? configuration) =>
        Assert.Equal(configuration, AppProject.Of(App() with { Command = [program, argument] })?.Configuration);

    [Fact]
    public void FolderWithoutProject_IsNotBuilt()
    {
        File.Delete(_folder.At("src/App/App.csproj"));
        Assert.Null(AppProject.Of(App()));
    }

    public void Dispose() => _folder.Dispose();

    private RunFileApp App() => new("app", _folder.At("src/App")) { Command = ["dotnet", "bin/Release/net10.0/App.dll"] };

    private AppProject Project() => AppProject.Of(App())!;

    private void Old(string file, string text = "") => File.SetLastWriteTimeUtc(_folder.Write(file, text), Built.AddDays(-1));
}
