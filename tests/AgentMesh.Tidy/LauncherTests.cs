using YamlDotNet.RepresentationModel;

namespace AgentMesh.Tidy;

/// <summary>Whatever starts the apps starts the same: app ids, projects, ports and settings of <c>dapr/dapr.yaml</c> and <c>tye.yaml</c>.</summary>
public sealed class LauncherTests
{
    private sealed record App(string Id, string Folder, string Port, string Settings);

    [Fact]
    public void Tye_StartsTheSameApps() => Assert.Equal(OfDapr(), OfTye());

    [Fact]
    public void Tye_HasDaprBesideEachApp_WithTheSameComponents()
    {
        var extension = Assert.Single(Items(Load("tye.yaml"), "extensions"));
        Assert.Equal("dapr", Text(extension, "name"));
        var components = Assert.Single(((YamlSequenceNode)Load("dapr/dapr.yaml")["common"]["resourcesPaths"]).Select(path => path.ToString()));
        Assert.Equal(Full("dapr/" + components), Full(Text(extension, "components-path")));
    }

    /// <summary>Apps listen where <c>APP_PORT</c> says, which Tye says to nobody but the sidecar.</summary>
    [Fact]
    public void Tye_SaysToEachAppWhereItListens() => Assert.All(
        Items(Load("tye.yaml"), "services"),
        service => Assert.Equal(Text(Assert.Single(Items(service, "bindings")), "port"), Environment(service)["APP_PORT"]));

    private static IEnumerable<App> OfDapr()
    {
        var file = Load("dapr/dapr.yaml");
        var common = Pairs((YamlMappingNode)file["common"]["env"]);
        return Items(file, "apps").Select(app => new App(
            Text(app, "appID"), Full("dapr/" + Text(app, "appDirPath")), Text(app, "appPort"),
            Settings(common.Concat(app.Children.ContainsKey("env") ? Pairs((YamlMappingNode)app["env"]) : []))));
    }

    private static IEnumerable<App> OfTye() => Items(Load("tye.yaml"), "services").Select(service => new App(
        Text(service, "name"), Full(Path.GetDirectoryName(Text(service, "project"))!), Text(Assert.Single(Items(service, "bindings")), "port"),
        Settings(Environment(service).Where(one => one.Key != "APP_PORT"))));

    private static Dictionary<string, string> Environment(YamlMappingNode service) => Items(service, "env").ToDictionary(one => Text(one, "name"), one => Text(one, "value"));

    private static IEnumerable<KeyValuePair<string, string>> Pairs(YamlMappingNode node) => node.Children.Select(one => KeyValuePair.Create(one.Key.ToString(), one.Value.ToString()));

    private static string Settings(IEnumerable<KeyValuePair<string, string>> settings) => string.Join(' ', settings.Select(one => $"{one.Key}={one.Value}").Order(StringComparer.Ordinal));

    private static string Full(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, Repository.Root));

    private static IEnumerable<YamlMappingNode> Items(YamlMappingNode node, string name) => ((YamlSequenceNode)node[name]).Cast<YamlMappingNode>();

    private static string Text(YamlMappingNode node, string name) => node[name].ToString();

    private static YamlMappingNode Load(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Repository.Read(file)));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }
}
