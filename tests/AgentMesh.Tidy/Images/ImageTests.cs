using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AgentMesh.Tidy.Images;

/// <summary>The Dockerfile and the SDK's containers make the same images, of the apps of <c>dapr/dapr.yaml</c> and the terminal client.</summary>
public sealed partial class ImageTests
{
    private sealed record Image(string Name, string Project, string? Port);

    [Fact]
    public void Images_AreOfTheAppsOfTheRunFile() => Assert.Equal(
        Yaml.Load("dapr/dapr.yaml")[0].Items("apps").Select(app => new Image(app.Text("appID")!, Path.GetFileName(app.Text("appDirPath")!), app.Text("appPort")))
            .Append(new Image("cli", "AgentMesh.Cli", null)).OrderBy(image => image.Name),
        OfDockerfile());

    [Fact]
    public void Sdk_MakesTheSameImages() => Assert.Equal(OfDockerfile(), OfProjects());

    /// <summary>What the run file says of a process' heap, its image does too: only the environment can.</summary>
    [Fact]
    public void Heap_IsAsInTheRunFile()
    {
        const string Variable = "DOTNET_GCgen0size";
        var said = Yaml.Load("dapr/dapr.yaml")[0].Items("apps")
            .Select(app => (Project: Path.GetFileName(app.Text("appDirPath")!), Size: app.Text("env", Variable))).Where(app => app.Size is not null).ToList();
        Assert.Equal(["AgentMesh.ActorHost", "AgentMesh.Gateway"], said.Select(app => app.Project).Order());
        Assert.All(said, app =>
        {
            var project = XDocument.Parse(Repository.Read($"src/{app.Project}/{app.Project}.csproj"));
            Assert.Equal(app.Size, project.Descendants("ContainerEnvironmentVariable").Single(one => one.Attribute("Include")!.Value == Variable).Attribute("Value")!.Value);
            Assert.Matches($@"/published/{app.Project.Split('.')[1]} \.\n(?:(?!FROM).*\n)*?ENV {Variable}={app.Size}\n", Dockerfile);
        });
    }

    /// <summary>Of the chiseled images only the extra ones have time zones, which schedules need.</summary>
    [Fact]
    public void Base_IsTheSame_ChiseledAndWithTimeZones()
    {
        var props = XDocument.Parse(Repository.Read("Directory.Build.props"));
        var image = props.Descendants("ContainerBaseImage").Single().Value;
        var tag = Regex.Match(Dockerfile, "^ARG DOTNET=(.+)$", RegexOptions.Multiline).Groups[1].Value;
        Assert.Equal(image, $"mcr.microsoft.com/dotnet/aspnet:{tag}");
        Assert.Matches("^10\\.0-[a-z]+-chiseled-extra$", tag);
        Assert.Contains("\nFROM mcr.microsoft.com/dotnet/aspnet:${DOTNET} AS base\n", Dockerfile, StringComparison.Ordinal);
        Assert.Equal("$(VersionPrefix)", props.Descendants("ContainerImageTag").Single().Value);
    }

    /// <summary>The user that the chart runs them as.</summary>
    [Fact]
    public void User_IsNotRoot()
    {
        var user = XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants("ContainerUser").Single().Value;
        Assert.Equal("1654", user);
        Assert.Equal([user], Regex.Matches(Dockerfile, "^USER (.+)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value));
        Assert.Contains($"runAsUser: {user}\n", Repository.Read("helm/agentmesh/templates/_helpers.tpl"), StringComparison.Ordinal);
    }

    /// <summary>There is nothing in the images that could ask but the app's own program.</summary>
    [Fact]
    public void EveryApp_AsksItself()
    {
        var apps = OfDockerfile().Where(image => image.Port is not null).ToArray();
        Assert.Equal(4, apps.Length);
        Assert.All(apps, image =>
        {
            Assert.Contains($"CMD [\"dotnet\", \"{image.Project}.dll\", \"--healthcheck\"]\nENTRYPOINT [\"dotnet\", \"{image.Project}.dll\"]\n", Dockerfile, StringComparison.Ordinal);
            Assert.Contains("HealthProbe.IsAsked(args)", Repository.Read($"src/{image.Project}/Program.cs"), StringComparison.Ordinal);
        });
    }

    private static string Dockerfile => Repository.Read("Dockerfile");

    private static IEnumerable<Image> OfDockerfile() => Target().Matches(Dockerfile)
        .Select(match => new Image(match.Groups[1].Value, "AgentMesh." + match.Groups[2].Value, match.Groups[3].Success ? match.Groups[3].Value : null)).OrderBy(image => image.Name);

    private static IEnumerable<Image> OfProjects() => Repository.Files("src", "*.csproj").Select(file => (file, XDocument.Parse(Repository.Read(file))))
        .Where(project => project.Item2.Descendants("ContainerRepository").Any())
        .Select(project => new Image(
            project.Item2.Descendants("ContainerRepository").Single().Value.Replace("agentmesh-", "", StringComparison.Ordinal),
            Path.GetFileNameWithoutExtension(project.file),
            PortOf(project.Item2)))
        .OrderBy(image => image.Name);

    private static string? PortOf(XDocument project)
    {
        var port = project.Descendants("ContainerEnvironmentVariable").SingleOrDefault(one => one.Attribute("Include")!.Value == "APP_PORT")?.Attribute("Value")!.Value;
        Assert.Equal(port, project.Descendants("ContainerPort").SingleOrDefault()?.Attribute("Include")!.Value);
        return port;
    }

    [GeneratedRegex(@"^FROM base AS (\w+)\nCOPY --from=build /published/(\w+) \.\n(?:ENV APP_PORT=(\d+)\nEXPOSE \3\n)?", RegexOptions.Multiline)]
    private static partial Regex Target();
}
