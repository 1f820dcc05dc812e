using AgentMesh.Tidy.Helm;
using YamlDotNet.RepresentationModel;

namespace AgentMesh.Tidy.Images;

/// <summary>The folders of components for other places hold what <c>components/</c> does, with the Redis and the secrets of that place.</summary>
public sealed class ComponentFolderTests
{
    private static readonly string[] OfTheConnection = ["redisHost", "redisUsername", "redisPassword", "enableTLS"];

    private static readonly string[] OfTopics = ["protectedTopics", "publishingScopes", "subscriptionScopes"];

    [Theory]
    [InlineData("compose", "statestore")]
    [InlineData("compose", "pubsub")]
    [InlineData("compose", "fanout")]
    [InlineData("compose", "secretstore")]
    [InlineData("kubernetes", "statestore")]
    [InlineData("kubernetes", "pubsub")]
    [InlineData("kubernetes", "fanout")]
    [InlineData("kubernetes", "secretstore")]
    public void Component_IsTheOneOfTheApps(string folder, string name)
    {
        var local = Assert.Single(Yaml.Load($"components/{name}.yaml"));
        var other = Assert.Single(Yaml.Load($"components/{folder}/{name}.yaml"));
        Assert.Equal(name, other.Text("metadata", "name"));
        Assert.Equal(local.Text("spec", "version"), other.Text("spec", "version"));
        if (local.At("scopes") is not null)
            Assert.Equal(local.Texts("scopes").Where(app => folder == "compose" || app != "facilitator"), other.Texts("scopes"));
        if (name == "secretstore")
            return;
        Assert.Equal(local.Text("spec", "type"), other.Text("spec", "type"));
        Assert.Equal(Metadata(local, OfTheConnection), Metadata(other, [.. OfTheConnection, .. OfTopics]));
        // Whose password stands in a file is read by whoever reads the file.
        Assert.Null(Assert.Single(other.Items("spec", "metadata"), one => one.Text("name") == "redisPassword").At("value"));
    }

    /// <summary>Without Helm it is the same as with it, address aside.</summary>
    [Theory]
    [InlineData("statestore")]
    [InlineData("pubsub")]
    [InlineData("fanout")]
    public void Kubernetes_IsWhatTheChartRenders(string name)
    {
        var file = Assert.Single(Yaml.Load($"components/kubernetes/{name}.yaml"));
        var chart = Assert.Single(Rendered.Of("production-apikey", "Component"), one => one.Text("metadata", "name") == name);
        Assert.Equal(chart.At("spec")!.ToString(), file.At("spec")!.ToString());
        Assert.Equal(chart.Text("auth", "secretStore"), file.Text("auth", "secretStore"));
        Assert.Equal(chart.Texts("scopes").Order(), file.Texts("scopes").Order());
    }

    [Theory]
    [InlineData("compose", "pubsub")]
    [InlineData("kubernetes", "pubsub")]
    public void Topics_AreForThoseThatUseThem(string folder, string name) => Assert.Equal(
        Metadata(Assert.Single(Rendered.Of("production-apikey", "Component"), one => one.Text("metadata", "name") == name), [.. OfTheConnection, "maxLenApprox"]),
        Metadata(Yaml.Load($"components/{folder}/{name}.yaml")[0], [.. OfTheConnection, "maxLenApprox"]));

    /// <summary>A store that is open to an app is open to what is named, and the settings of the apps name that.</summary>
    [Theory]
    [InlineData("dapr/compose/config.yaml", "WALLET_KEYS")]
    [InlineData("dapr/production/config.yaml", "agentmesh-wallet-keys")]
    public void Secrets_AreReadByName(string file, string secret)
    {
        var configuration = Assert.Single(Yaml.Load(file));
        Assert.Equal("agentmesh", configuration.Text("metadata", "name"));
        Assert.All(configuration.Items("spec", "secrets", "scopes"), scope => Assert.Equal("deny", scope.Text("defaultAccess")));
        Assert.Equal([secret], configuration.Items("spec", "secrets", "scopes").SelectMany(scope => scope.Texts("allowedSecrets")));
    }

    [Fact]
    public void Compose_AsksForTheSecretThatItMay() => Assert.Equal(
        "secretstore/WALLET_KEYS", Yaml.Load("compose.yaml")[0].Text("services", "agents", "environment", "AgentMesh__Wallets__KeysSecret"));

    private static IEnumerable<string> Metadata(YamlNode component, string[] without) => component.Items("spec", "metadata")
        .Where(one => !without.Contains(one.Text("name"))).Select(one => $"{one.Text("name")}={one.Text("value")}").Order(StringComparer.Ordinal);
}
