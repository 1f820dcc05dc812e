using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Tests.Resources;

public sealed class ResourceFoldersTests
{
    private const string Store = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: { name: store }
        spec: { type: state.redis }
        """;

    private readonly List<string> _warnings = [];

    [Fact]
    public void Component_KeepsWhatTheFileSays()
    {
        var component = Assert.Single(Read("""
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata:
              name: statestore
            spec:
              type: state.redis
              ignoreErrors: true
              metadata:
              - name: redisHost
                value: localhost:6379
              - name: redisDB
                value: 3
              - name: enableTLS
                value: false
              - name: redisPassword
                secretKeyRef: { name: redis, key: password }
              - name: redisUsername
                secretKeyRef: { name: user }
              - name: region
                envRef: REGION
            auth: { secretStore: local }
            scopes: [agents, payments]
            """));
        Assert.Equal(("statestore", "state.redis", "v1", true, "local"), (component.Name, component.Type, component.Version, component.IgnoreErrors, component.SecretStore));
        Assert.Equal(("localhost:6379", "3", "false", "here"), (component.Value("redisHost"), component.Value("REDISDB"), component.Value("enableTLS"), component.Value("region")));
        Assert.Equal(new SecretKeyRef("redis", "password"), component.Metadata[3].SecretKeyRef);
        Assert.Equal(new SecretKeyRef("user", "user"), component.Metadata[4].SecretKeyRef);
        Assert.Null(component.Value("redisPassword"));
        Assert.True(component.Serves("agents"));
        Assert.False(component.Serves("gateway"));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void WithoutScopes_EveryAppIsServed() => Assert.True(Assert.Single(Read(Store)).Serves("anyone"));

    [Theory]
    [InlineData("{appID}-{namespace}", "agents-default.agents")]
    [InlineData("{uuid}/{uuid}", "00000000-0000-0000-0000-000000000007/00000000-0000-0000-0000-000000000007")]
    [InlineData("{other}", "{other}")]
    [InlineData("plain", "plain")]
    public void Templates_AreReplaced(string written, string expected)
    {
        var component = new Component("c", "t", "v1") { Metadata = [new("value", written)] };
        var values = component.ValuesFor("agents", "default", () => new Guid(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7));
        Assert.Equal(expected, values[0].Text);
    }

    [Theory]
    [InlineData("kind: Configuration\napiVersion: dapr.io/v2alpha1", "(1): kind Configuration is not served")]
    [InlineData("just text", "expected 'name: value' lines")]
    [InlineData("a: [", "skipped")]
    [InlineData("kind: Component\napiVersion: v1\n", "(2): apiVersion must be dapr.io/v1alpha1")]
    [InlineData("kind: Component\napiVersion: dapr.io/v1alpha1\nmetadata: {}\nspec: {}", "name is missing")]
    [InlineData("kind: Component\napiVersion: dapr.io/v1alpha1\nmetadata: { name: x }\nspec: {}", "(4): type is missing")]
    [InlineData("kind: Component\napiVersion: dapr.io/v1alpha1\nmetadata: { name: x, namespace: other }\nspec: {}", "belongs to the namespace 'other'")]
    public void WhatIsNoComponent_IsSkippedWithAWarning_AndItsNeighborsAreKept(string document, string expected)
    {
        var components = Read($"{document}\n---\n{Store}\n--- # the end\n");
        Assert.Equal("store", Assert.Single(components).Name);
        Assert.Contains(expected, Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void LineNumbers_CountFromTheFilesBeginning()
    {
        Read($"{Store}\n---\nkind: Configuration\n");
        Assert.StartsWith("file.yaml(6):", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MISSING", "is not set")]
    [InlineData("DAPR_API_TOKEN", "is not open to components")]
    [InlineData("app_api_token", "is not open to components")]
    public void EnvironmentThatIsNotThere_IsEmpty(string variable, string expected)
    {
        var component = Assert.Single(Read($"{Store.Replace("state.redis }", "state.redis, metadata: [{ name: a, envRef: " + variable + " }] }", StringComparison.Ordinal)}"));
        Assert.Equal("", component.Value("a"));
        Assert.Contains(expected, Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_GivesItsYamlFilesInOrder_WithoutSubFolders()
    {
        using var folder = new TestTree();
        folder.Write("b.yml", Store.Replace("store", "second", StringComparison.Ordinal));
        folder.Write("a.yaml", Store.Replace("store", "first", StringComparison.Ordinal));
        folder.Write("note.txt", "");
        folder.Write("sub/c.yaml", Store);
        Assert.Equal(["first", "second"], Reader().Read([folder.Path]).Components.Select(component => component.Name));
        Assert.Contains("note.txt is not a YAML file", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void OneNameTwice_IsRefused()
    {
        using var folder = new TestTree();
        folder.Write("a.yaml", Store);
        folder.Write("b.yaml", Store);
        var refused = Assert.Throws<LauncherException>(() => Reader().Read([folder.Path]));
        Assert.Contains("'store' is defined twice", refused.Message, StringComparison.Ordinal);
    }

    private ResourceFolders Reader() => new(new Dictionary<string, string> { ["REGION"] = "here" }, "default", "/", _warnings);

    private List<Component> Read(string text) => [.. Reader().Read("file.yaml", text).Cast<Component>()];
}
