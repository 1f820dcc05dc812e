using AgentMesh.Conformance.Apps;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.PubSub;

/// <summary>dapr: daprd/subscriptions/…/deadletter, pkg/runtime/subscription. What becomes of an event by the app's answer.</summary>
public sealed class Delivery(Meshes meshes)
{
    [Theory]
    [OnEveryTarget(200, "")]
    [OnEveryTarget(204, "")]
    [OnEveryTarget(200, """{"status":"SUCCESS"}""")]
    [OnEveryTarget(200, """{"status":""}""")]
    [OnEveryTarget(200, "not json")]
    public async Task Event_IsDone(Target target, int status, string body)
    {
        var (app, id) = ((await meshes.SharedAsync(target)).App, $"{Guid.NewGuid():N}");
        Answers(app, id, status, body);
        await PublishAsync(app, id);
        await PublishAsync(app, "refused");
        // The one that is refused is the first to come to the dead letters.
        Assert.Equal("refused", await DeadAsync(app));
        Assert.Equal(id, await DeliveredAsync(app, id));
    }

    [Theory]
    [OnEveryTarget(200, """{"status":"RETRY"}""")]
    [OnEveryTarget(200, """{"status":"DROP"}""")]
    [OnEveryTarget(200, """{"status":"SOMETHING"}""")]
    [OnEveryTarget(404, "")]
    [OnEveryTarget(500, "")]
    [OnEveryTarget(302, "")]
    public async Task Event_BecomesADeadLetter_WithoutAnotherTry(Target target, int status, string body)
    {
        var (app, id) = ((await meshes.SharedAsync(target)).App, $"{Guid.NewGuid():N}");
        Answers(app, id, status, body);
        var before = app.Raw.Route("/failing").Count;
        await PublishAsync(app, id);
        Assert.Equal(id, await DeadAsync(app));
        Assert.Equal(before + 1, app.Raw.Route("/failing").Count);
        await app.Raw.Route("/failing").NextAsync();
    }

    [Theory]
    [OnEveryTarget]
    public async Task Event_ThatFailed_WithoutADeadLetterTopic_IsLost(Target target)
    {
        // Since 1.17 a failed message is acknowledged when the inbound policy, of which there is none by default, has ended.
        var app = (await meshes.SharedAsync(target)).App;
        var route = app.Raw.Route("/lost");
        route.ReturnsInTurn((500, ""), (200, ""));
        (await app.SendAsync("POST", "/v1.0/publish/pubsub/lost", "\"first\"")).Is(204);
        Assert.Equal("first", Data(await route.NextAsync()));
        (await app.SendAsync("POST", "/v1.0/publish/pubsub/lost", "\"second\"")).Is(204);
        Assert.Equal("second", Data(await route.NextAsync()));
        Assert.Equal(2, route.Count);
    }

    [Theory]
    [OnEveryTarget]
    public async Task InboundRetry_TriesAsOftenAsThePolicySays_ThenTheDeadLetterTopic(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        var route = app.Raw.Route("/retried");
        route.Handler = (context, request) => Probe.AnswerAsync(context, Data(request) == "never" || route.Count == 1 ? 500 : 200, "");
        (await app.SendAsync("POST", "/v1.0/publish/retrying/retried", "\"at last\"")).Is(204);
        await route.NextAsync();
        Assert.Equal("at last", Data(await route.NextAsync()));

        (await app.SendAsync("POST", "/v1.0/publish/retrying/retried", "\"never\"")).Is(204);
        for (var attempt = 0; attempt < 3; attempt++)
            Assert.Equal("never", Data(await route.NextAsync()));
        Assert.Equal("never", Data(await app.Raw.Route("/retried-dead").NextAsync()));
        Assert.Equal(5, route.Count);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Event_ThatHasExpired_IsNotDelivered(Target target)
    {
        // Its dead letter has expired as well.
        var app = (await meshes.SharedAsync(target)).App;
        foreach (var (data, expiration) in ((string, string)[])[("late", "2001-02-03T04:05:06Z"), ("in time", "2099-02-03T04:05:06Z")])
        {
            (await app.SendAsync(
                "POST", "/v1.0/publish/pubsub/short-lived",
                $$"""{"specversion":"1.0","id":"x","source":"s","type":"t","expiration":"{{expiration}}","data":"{{data}}"}""", "application/cloudevents+json")).Is(204);
        }

        Assert.Equal("in time", Data(await app.Raw.Route("/short-lived").NextAsync()));
        Assert.Equal(1, app.Raw.Route("/short-lived").Count);
        Assert.Equal(0, app.Raw.Route("/short-lived-dead").Count);
    }

    private static void Answers(AppSide app, string id, int status, string body) =>
        app.Raw.Route("/failing").Handler = (context, request) =>
            Data(request) == id ? Probe.AnswerAsync(context, status, body, "application/json") : Probe.AnswerAsync(context, 500, "");

    private static async Task PublishAsync(AppSide app, string data) => (await app.SendAsync("POST", "/v1.0/publish/pubsub/failing", $"\"{data}\"")).Is(204);

    private static async Task<string?> DeadAsync(AppSide app) => Data(await app.Raw.Route("/failing-dead").NextAsync());

    // Two were delivered, in either order.
    private static async Task<string?> DeliveredAsync(AppSide app, string id)
    {
        var data = new[] { Data(await app.Raw.Route("/failing").NextAsync()), Data(await app.Raw.Route("/failing").NextAsync()) };
        return data.FirstOrDefault(item => item == id);
    }

    private static string? Data(AppRequest request) => request.Json().GetProperty("data").GetString();
}
