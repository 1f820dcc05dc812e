using System.Text.RegularExpressions;

namespace AgentMesh.Tidy.Helm;

/// <summary>The commands of the pages name what is there: targets, values, files, secrets.</summary>
public sealed partial class ChartCommandTests
{
    public static TheoryData<string> Pages => ["docs/howto-run.md", Rendered.Chart + "README.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Values_AreTheCharts(string page)
    {
        var values = Yaml.Load(Rendered.Chart + "values.yaml")[0];
        var set = SetValue().Matches(Repository.Read(page)).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(set);
        Assert.All(set, name => Assert.NotNull(values.At(name.Split('.'))));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Files_AreThere(string page) => Assert.All(
        ValuesFile().Matches(Repository.Read(page)).Select(match => match.Groups[1].Value), file => Assert.True(File.Exists(Path.Combine(Repository.Root, file)), file));

    /// <summary>What is built and loaded is what is installed.</summary>
    [Fact]
    public void Images_ThatAreBuilt_AreThoseThatTheChartAsksFor()
    {
        var loops = BuildLoop().Matches(Repository.Read("docs/howto-run.md"));
        Assert.Equal(2, loops.Count);
        foreach (var (loop, name) in loops.Zip((string[])["development", "production-apikey"]))
        {
            var apps = loop.Groups[1].Value.Split(' ');
            Assert.Equal(Rendered.Of(name, "Deployment").Select(Rendered.AppId).Order(), apps.Order());
            Assert.All(apps, app => Assert.Contains($"\nFROM base AS {app}\n", Repository.Read("Dockerfile"), StringComparison.Ordinal));
        }

        Assert.All(
            Rendered.Of("development", "Deployment"),
            app => Assert.Contains($"-t {Rendered.Container(app).Text("image")!.Replace(Rendered.AppId(app), "$app", StringComparison.Ordinal)} ", Repository.Read("docs/howto-run.md"), StringComparison.Ordinal));
    }

    /// <summary>Each Secret that the production manifests name is made by a command of the chart's README, with its key.</summary>
    [Fact]
    public void Secrets_ThatTheChartAsksFor_AreMade()
    {
        var page = Repository.Read(Rendered.Chart + "README.md");
        var text = Repository.Read(Rendered.FileOf("production-apikey"));
        var asked = SecretKey().Matches(text).Select(match => (Name: match.Groups[1].Value, Key: match.Groups[2].Value)).Append((Name: "agentmesh-wallet-keys", Key: "keys"))
            .Distinct().ToArray();
        Assert.Equal(6, asked.Length);
        Assert.All(asked, secret => Assert.Matches($"create secret generic {secret.Name} .*--from-(literal|file)={secret.Key}=", page));
    }

    [GeneratedRegex(@"--set ([a-zA-Z]+(?:\.[a-zA-Z]+)+)=")]
    private static partial Regex SetValue();

    [GeneratedRegex(@"-f (helm/\S+\.yaml)")]
    private static partial Regex ValuesFile();

    [GeneratedRegex("^for app in ([a-z ]+); do docker build --target \\$app ", RegexOptions.Multiline)]
    private static partial Regex BuildLoop();

    [GeneratedRegex("secretKeyRef: { name: ([a-z-]+), key: ([a-z-]+) }")]
    private static partial Regex SecretKey();
}
