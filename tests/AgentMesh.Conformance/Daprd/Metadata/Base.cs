using System.Text.Json;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.Metadata;

/// <summary>dapr: daprd/metadata. What a sidecar says about itself; `dapr list` and dashboards read it.</summary>
public sealed class Base(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Metadata_NamesAppRuntimeAndConnection(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        var json = await GetAsync(target);
        Assert.Equal("app", json.GetProperty("id").GetString());
        Assert.StartsWith("1.", json.GetProperty("runtimeVersion").GetString(), StringComparison.Ordinal);
        Assert.Equal(json.GetProperty("runtimeVersion").GetString(), json.GetProperty("extended").GetProperty("daprRuntimeVersion").GetString());
        var connection = json.GetProperty("appConnectionProperties");
        Assert.Equal(app.Plan.AppPort, connection.GetProperty("port").GetInt32());
        Assert.Equal("http", connection.GetProperty("protocol").GetString());
        Assert.Equal("127.0.0.1", connection.GetProperty("channelAddress").GetString());
    }

    [Theory]
    [OnEveryTarget]
    public async Task Components_AreThoseOfTheApp(Target target)
    {
        var components = (await GetAsync(target)).GetProperty("components").EnumerateArray().ToDictionary(component => component.GetProperty("name").GetString()!);
        Assert.Equal(["environment", "everywhere", "files", "pubsub", "retrying", "scoped", "shared", "statestore"], components.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("state.redis", components["statestore"].GetProperty("type").GetString());
        Assert.Equal("v1", components["statestore"].GetProperty("version").GetString());
        var capabilities = components["statestore"].GetProperty("capabilities").EnumerateArray().Select(capability => capability.GetString());
        Assert.Superset(new HashSet<string?> { "ETAG", "TRANSACTIONAL", "ACTOR" }, capabilities.ToHashSet());
    }

    [Theory]
    [OnEveryTarget]
    public async Task Subscriptions_SayWhereTheyComeFrom(Target target)
    {
        var subscriptions = (await GetAsync(target)).GetProperty("subscriptions").EnumerateArray().ToLookup(item => item.GetProperty("topic").GetString()!);
        Assert.Equal("PROGRAMMATIC", subscriptions["plain"].Single().GetProperty("type").GetString());
        Assert.Equal("DECLARATIVE", subscriptions["declared-v2"].Single().GetProperty("type").GetString());
        Assert.Equal("failing-dead", subscriptions["failing"].Single().GetProperty("deadLetterTopic").GetString());
        var rules = subscriptions["ruled"].Single().GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("path").GetString());
        Assert.Equal(["/ruled/urgent", "/ruled/large", "/ruled/other"], rules);
        Assert.Empty(subscriptions["without-route"]);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Actors_AreCountedByType(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        await mesh.App.Actor("Odd.Type", $"counted-{Guid.NewGuid():N}").ActivateAsync();
        var runtime = (await GetAsync(target)).GetProperty("actorRuntime");
        Assert.Equal("RUNNING", runtime.GetProperty("runtimeStatus").GetString());
        Assert.True(runtime.GetProperty("hostReady").GetBoolean());
        Assert.Contains(runtime.GetProperty("activeActors").EnumerateArray(), entry =>
            entry.GetProperty("type").GetString() == "Odd.Type" && entry.GetProperty("count").GetInt32() >= 1);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Endpoints_AreNamed(Target target) =>
        Assert.Equal("foreign", (await GetAsync(target)).GetProperty("httpEndpoints")[0].GetProperty("name").GetString());

    [Theory]
    [OnEveryTarget]
    public async Task Entry_OfTheApp_IsKept(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        (await app.SendAsync("PUT", "/v1.0/metadata/own-entry", "own value", "text/plain")).Is(204, "");
        Assert.Equal("own value", (await GetAsync(target)).GetProperty("extended").GetProperty("own-entry").GetString());
    }

    private async Task<JsonElement> GetAsync(Target target)
    {
        var answer = await (await meshes.SharedAsync(target)).App.SendAsync("GET", "/v1.0/metadata");
        answer.Is(200);
        return answer.Json;
    }
}
