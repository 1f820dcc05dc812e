using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class LaunchPlanTests
{
    private static readonly RunFile File = new("dapr.yaml", [new RunFileApp("agents", "/") { Command = ["x"] }, new RunFileApp("debugged", "/")]);

    [Fact]
    public void Replicas_AreOneUnlessGiven() => Assert.Equal(
        [3, 1], LaunchPlan.Count(File, new Dictionary<string, int> { ["agents"] = 3 }).Select(item => item.Replicas));

    // Started by someone else: each process is told where to listen.
    [Fact]
    public void Replicas_OfAnAppWithoutACommand_AreWaitedFor() =>
        Assert.Equal([1, 2], LaunchPlan.Count(File, new Dictionary<string, int> { ["debugged"] = 2 }).Select(item => item.Replicas));

    [Fact]
    public void ReplicasOfWhatIsNotThere_AreRefused()
    {
        var refused = Assert.Throws<LauncherException>(() => LaunchPlan.Count(File, new Dictionary<string, int> { ["gateway"] = 1 }));
        Assert.Contains("has no app 'gateway' (it has agents, debugged)", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, refused.ExitCode);
    }

    [Theory]
    [InlineData("\"true\"", "store")]
    [InlineData("yes", "store")]
    [InlineData("\"false\"", null)]
    public void ActorStateStore_IsTheOneThatSaysSo(string value, string? expected) =>
        Assert.Equal(expected, Plan($"name: store }}\nspec: {{ type: state.redis, metadata: [{{ name: actorStateStore, value: {value} }}] }}").ActorStateStoreOf("agents"));

    [Fact]
    public void TwoActorStateStores_AreRefused()
    {
        const string Spec = " }\nspec: { type: state.redis, metadata: [{ name: actorStateStore, value: true }] }";
        var plan = Plan("name: one" + Spec, "name: two" + Spec);
        Assert.Contains("'one'", Assert.Throws<LauncherException>(() => plan.ActorStateStoreOf("agents")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Redis_IsNamed() =>
        Assert.Equal(["s (state.redis): served by the Redis at h:1"], Plan("name: s }\nspec: { type: state.redis }").Describe("DIR", "h:1"));

    [Fact]
    public void PubSub_IsServed_ToTheAppsOfItsScopes()
    {
        const string Spec = " }\nspec: { type: pubsub.redis, metadata: [{ name: redisHost, value: ignored:1 }, { name: consumerID, value: \"{namespace}\" }] }";
        var plan = Plan("name: mine" + Spec + "\nscopes: [agents]", "name: theirs" + Spec + "\nscopes: [other]");
        var settings = Assert.Single(plan.PubSubsOf("agents"));
        Assert.Equal(("mine", "default.agents", null), (settings.Name, settings.ConsumerId, settings.Redis));
        Assert.Equal(["mine (pubsub.redis): served by the Redis at h:1"], plan.Describe("DIR", "h:1"));
    }

    [Fact]
    public void PubSub_WithAWrongValue_IsRefusedByName()
    {
        var plan = Plan("name: mine }\nspec: { type: pubsub.redis, metadata: [{ name: queueDepth, value: none }] }");
        Assert.Contains("'mine'", Assert.Throws<LauncherException>(() => plan.PubSubsOf("agents")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EventsForAnAppThatSpeaksGrpc_AreRefused()
    {
        using var folder = new TestTree();
        folder.Write("s.yaml", "apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: { name: s }\nspec: { pubsubname: p, topic: t, routes: { default: /t } }");
        var runFile = new RunFile("dapr.yaml", [new RunFileApp("app", "/") { ResourcesPaths = [folder.Path], Protocol = "grpc" }]);
        var plan = new ComponentPlan(runFile, new ResourceFolders(new Dictionary<string, string>(), "default", "/", []), []);
        var refused = Assert.Throws<LauncherException>(() => LaunchPlan.Create(
            [(runFile.Apps[0], 1)], [[new ProcessPorts(1, 2, 3, 4)]], plan, new ApiTokens(null, null), new Dictionary<string, string>(), new Dictionary<string, string>()));
        Assert.Equal("app speaks gRPC (appProtocol): events of p/t cannot be delivered to it by the local sidecar", refused.Message);
    }

    [Theory]
    [InlineData(null, "11,12")]
    [InlineData("9", "9")]
    public void EveryApp_KnowsThePortsOfTheGateways(string? set, string expected)
    {
        using var folder = new TestTree();
        var runFile = new RunFile(
            "dapr.yaml",
            [new RunFileApp("agents", "/") { ResourcesPaths = [folder.Path], Environment = new Dictionary<string, string> { ["AGENTMESH_GATEWAY_PORTS"] = "8080" } }, new RunFileApp("gateway", "/") { ResourcesPaths = [folder.Path] }]);
        var plan = new ComponentPlan(runFile, new ResourceFolders(new Dictionary<string, string>(), "default", "/", []), []);
        var launches = LaunchPlan.Create(
            [(runFile.Apps[0], 1), (runFile.Apps[1], 2)], [[new ProcessPorts(1, 2, 3, 4)], [new ProcessPorts(11, 2, 3, 4), new ProcessPorts(12, 2, 3, 4)]], plan,
            new ApiTokens(null, null), new Dictionary<string, string>(), set is null ? [] : new Dictionary<string, string> { ["AGENTMESH_GATEWAY_PORTS"] = set });
        Assert.All(launches, launch => Assert.Equal(expected, launch.Environment["AGENTMESH_GATEWAY_PORTS"]));
    }

    private static ComponentPlan Plan(params string[] components)
    {
        using var folder = new TestTree();
        for (var index = 0; index < components.Length; index++)
            folder.Write($"{index}.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { " + components[index]);
        return new ComponentPlan(
            new RunFile("dapr.yaml", [new RunFileApp("agents", "/") { ResourcesPaths = [folder.Path] }]), new ResourceFolders(new Dictionary<string, string>(), "default", "/", []), []);
    }
}
