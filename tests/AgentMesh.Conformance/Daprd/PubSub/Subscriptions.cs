using System.Text.Json;
using AgentMesh.Conformance.Apps;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.PubSub;

/// <summary>dapr: daprd/subscriptions. Where subscriptions come from, which path an event takes, who gets it.</summary>
public sealed class Subscriptions(Meshes meshes)
{
    [Theory]
    [OnEveryTarget("metadata.cloudevent.type=urgent", "1", "/ruled/urgent")]
    [OnEveryTarget("metadata.cloudevent.type=usual", """{"amount":101}""", "/ruled/large")]
    [OnEveryTarget("metadata.cloudevent.type=usual", """{"amount":100}""", "/ruled/other")]
    [OnEveryTarget("metadata.cloudevent.type=urgent", """{"amount":101}""", "/ruled/urgent")]
    [OnEveryTarget("metadata.cloudevent.type=usual", """{"other":1}""", "/ruled/other")]
    public async Task Rule_ThatMatchesFirst_ChoosesThePath(Target target, string query, string data, string path)
    {
        var app = (await meshes.SharedAsync(target)).App;
        (await app.SendAsync("POST", $"/v1.0/publish/pubsub/ruled?{query}", data)).Is(204);
        Assert.Equal(path, (await app.Raw.Route(path).NextAsync()).Target);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Event_ThatNoRuleWants_BecomesADeadLetter(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        (await app.SendAsync("POST", "/v1.0/publish/pubsub/no-default?metadata.cloudevent.type=unwanted", "\"unwanted\"")).Is(204);
        Assert.Equal("unwanted", Data(await app.Raw.Route("/no-default-dead").NextAsync()));
        (await app.SendAsync("POST", "/v1.0/publish/pubsub/no-default?metadata.cloudevent.type=wanted", "\"wanted\"")).Is(204);
        Assert.Equal("wanted", Data(await app.Raw.Route("/no-default").NextAsync()));
    }

    [Theory]
    [OnEveryTarget("declared-v1", "", "/declared-v1")]
    [OnEveryTarget("declared-v2", "", "/declared-v2/usual")]
    [OnEveryTarget("declared-v2", "?metadata.cloudevent.type=special", "/declared-v2/special")]
    public async Task Subscription_FromAResource(Target target, string topic, string query, string path)
    {
        var app = (await meshes.SharedAsync(target)).App;
        (await app.SendAsync("POST", $"/v1.0/publish/pubsub/{topic}{query}", "1")).Is(204);
        await app.Raw.Route(path).NextAsync();
    }

    [Theory]
    [OnEveryTarget]
    public async Task Subscription_OfTheApp_ReplacesTheResource(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        (await app.SendAsync("POST", "/v1.0/publish/pubsub/both", "1")).Is(204);
        await app.Raw.Route("/both/programmatic").NextAsync();
        Assert.Equal(0, app.Raw.Route("/both/declarative").Count);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Event_GoesToEveryAppOnce(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        (await mesh.App.SendAsync("POST", "/v1.0/publish/pubsub/everyone", "1")).Is(204);
        await mesh.App.Raw.Route("/everyone").NextAsync();
        await mesh.Peer.Raw.Route("/everyone").NextAsync();
        Assert.Equal(1, mesh.App.Raw.Route("/everyone").Count);
        Assert.Equal(1, mesh.Peer.Raw.Route("/everyone").Count);
    }

    [Theory]
    [OnEveryTarget]
    public async Task App_WithoutTheScope_GetsNothing(Target target)
    {
        // The peer asks for `open` too; its subscription scope is empty.
        var mesh = await meshes.SharedAsync(target);
        (await mesh.App.SendAsync("POST", "/v1.0/publish/scoped/open", "1")).Is(204);
        await mesh.App.Raw.Route("/scoped/open").NextAsync();
        Assert.Equal(0, mesh.Peer.Raw.Route("/scoped/open").Count);
        // An app that no publishing scope names may publish what is allowed and not protected.
        (await mesh.Peer.SendAsync("POST", "/v1.0/publish/scoped/nobodys", "1")).Is(204);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Bulk_Subscriber_GetsEventsTogether_AndAnswersForEach(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        var route = app.Raw.Route("/batched");
        route.Handler = (context, request) => Probe.AnswerAsync(
            context, 200, JsonSerializer.Serialize(new { statuses = Entries(request).Select(entry => new { entryId = entry.GetProperty("entryId").GetString(), status = "SUCCESS" }) }), "application/json");
        (await app.SendAsync("POST", "/v1.0/publish/bulk/pubsub/batched", """
            [ {"entryId":"1","event":{"n":1},"contentType":"application/json"}, {"entryId":"2","event":{"n":2},"contentType":"application/json"},
              {"entryId":"3","event":{"n":3},"contentType":"application/json"} ]
            """)).Is(204);
        var numbers = new List<int>();
        while (numbers.Count < 3)
        {
            var request = await route.NextAsync();
            Assert.Equal("com.dapr.event.sent.bulk", request.Json().GetProperty("type").GetString());
            Assert.Equal("batched", request.Json().GetProperty("topic").GetString());
            Assert.Equal("pubsub", request.Json().GetProperty("pubsubname").GetString());
            numbers.AddRange(Entries(request).Select(entry => entry.GetProperty("event").GetProperty("data").GetProperty("n").GetInt32()));
        }

        Assert.Equal([1, 2, 3], numbers.Order());
        Assert.InRange(route.Count, 1, 2);
    }

    private static JsonElement.ArrayEnumerator Entries(AppRequest request) => request.Json().GetProperty("entries").EnumerateArray();

    private static string? Data(AppRequest request) => request.Json().GetProperty("data").GetString();
}
