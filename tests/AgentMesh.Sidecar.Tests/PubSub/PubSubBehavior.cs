using System.Text.Json;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Tests.PubSub;

/// <summary>What every broker does, seen from the apps.</summary>
public abstract class PubSubBehavior
{
    private const string Orders = """[{"pubsubName":"pubsub","topic":"orders","route":"orders"}]""";
    private const string WithDeadLetter = """[{"pubsubName":"pubsub","topic":"orders","route":"orders","deadLetterTopic":"dead"},{"pubsubName":"pubsub","topic":"dead","route":"dead"}]""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected abstract Task<IStateStore> OpenStoreAsync();

    private protected abstract PubSubSettings Settings(string consumer, bool isPerProcess = false);

    [Fact]
    public async Task Event_IsDelivered_AsDaprdDeliversIt()
    {
        await using var app = await EventApp.StartAsync(Orders);
        await using var store = await OpenStoreAsync();
        await using var mesh = await PubSubMesh.StartAsync(store, Define(app));
        await mesh.ConnectAsync();
        await mesh.PublishAsync("""{"b":1,"a":2.50}""", query: "?metadata.cloudevent.type=t&metadata.x-extra=y");
        var received = await app.NextAsync();
        Assert.Equal(("POST", "/orders"), (received.Method, received.Path));
        Assert.Equal(CloudEvent.ContentType, received.Headers["Content-Type"]);
        Assert.Equal(("pubsub", "y", "app-token"), (received.Headers["pubsubName"], received.Headers["x-extra"], received.Headers["dapr-api-token"]));
        Assert.Matches(
            """^\{"data":\{"a":2.50,"b":1\},"datacontenttype":"application/json","id":"[0-9a-f-]{36}","pubsubname":"pubsub","source":"app","specversion":"1.0","time":"[^"]+","topic":"orders","traceid":"[^"]+","traceparent":"[^"]+","tracestate":"","type":"t"\}$""",
            received.Body);
        using var metadata = JsonDocument.Parse(await mesh.MetadataAsync());
        Assert.Equal(
            """[{"pubsubname":"pubsub","topic":"orders","rules":[{"path":"orders"}],"type":"PROGRAMMATIC"}]""",
            metadata.RootElement.GetProperty("subscriptions").GetRawText());
    }

    [Fact]
    public async Task EventsFromBeforeTheSubscriber_AreDelivered_AndNoneTwice()
    {
        await using var app = await EventApp.StartAsync(Orders);
        await using var store = await OpenStoreAsync();
        await using var mesh = await PubSubMesh.StartAsync(store, Define(app));
        for (var i = 0; i < 20; i++)
            await mesh.PublishAsync($"{i}");
        await mesh.ConnectAsync();
        var seen = new List<int>();
        for (var i = 0; i < 20; i++)
            seen.Add(int.Parse(await app.NextDataAsync(), null));
        Assert.Equal(Enumerable.Range(0, 20), seen.Order());
        await mesh.PublishAsync("20");
        Assert.Equal("20", await app.NextDataAsync());
    }

    [Theory]
    [InlineData(200, """{"status":"RETRY"}""")]
    [InlineData(500, "")]
    [InlineData(200, """{"status":"DROP"}""")]
    [InlineData(404, "")]
    public async Task NotHandled_GoesToTheDeadLetterTopic_AsItWasStored(int status, string answer)
    {
        await using var app = await EventApp.StartAsync(WithDeadLetter);
        app.Answer = (context, received) =>
        {
            context.Response.StatusCode = received.Path == "/orders" ? status : 200;
            return received.Path == "/orders" ? context.Response.WriteAsync(answer) : Task.CompletedTask;
        };
        await using var store = await OpenStoreAsync();
        await using var mesh = await PubSubMesh.StartAsync(store, Define(app));
        await mesh.ConnectAsync();
        await mesh.PublishAsync("1");
        var first = await app.NextAsync();
        var second = await app.NextAsync();
        Assert.Equal(("/orders", "/dead"), (first.Path, second.Path));
        Assert.Equal(first.Body, second.Body);
    }

    [Fact]
    public async Task InboundPolicy_TriesAgain_BeforeTheDeadLetterTopic()
    {
        await using var app = await EventApp.StartAsync(WithDeadLetter);
        var answers = new Queue<int>([500, 429, 200]);
        app.Answer = (context, _) =>
        {
            context.Response.StatusCode = answers.Dequeue();
            return Task.CompletedTask;
        };
        var retry = new TargetPolicy(null, new RetryPolicy(false, TimeSpan.Zero, TimeSpan.Zero, 2, null), null);
        await using var store = await OpenStoreAsync();
        await using var mesh = await PubSubMesh.StartAsync(store, Define(app) with
        {
            Resiliency = [new ResiliencyResource("r") { Inbound = new Dictionary<string, TargetPolicy> { ["pubsub"] = retry } }],
        });
        await mesh.ConnectAsync();
        await mesh.PublishAsync("1");
        for (var i = 0; i < 3; i++)
            Assert.Equal("/orders", (await app.NextAsync()).Path);
    }

    [Fact]
    public async Task WithoutAHealthyProcess_EventsWait()
    {
        await using var app = await EventApp.StartAsync(Orders);
        await using var store = await OpenStoreAsync();
        await using var mesh = await PubSubMesh.StartAsync(store, Define(app));
        await mesh.ConnectAsync();
        await mesh.DisconnectAsync();
        await mesh.PublishAsync("1");
        Assert.DoesNotContain(app.Stub.Requests, request => request.Path == "/orders");
        await mesh.ConnectAsync();
        Assert.Equal("1", await app.NextDataAsync());
    }

    [Fact]
    public async Task ProcessThatDiesWithAnEvent_ItIsDeliveredToAnother()
    {
        await using var one = await EventApp.StartAsync(Orders);
        await using var two = await EventApp.StartAsync(Orders);
        var settings = Settings("app");
        await using var store = await OpenStoreAsync();
        await using var mesh = await PubSubMesh.StartAsync(
            store, PubSubMesh.Define("app", one.Stub.Port, settings), PubSubMesh.Define("app", two.Stub.Port, settings, replica: 1));
        one.Answer = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await mesh.ConnectAsync(0);
        await mesh.PublishAsync("1");
        Assert.Equal("1", await one.NextDataAsync());
        await mesh.ConnectAsync(1);
        await one.DisposeAsync();
        await mesh.DisconnectAsync(0);
        Assert.Equal("1", await two.NextDataAsync());
    }

    [Fact]
    public async Task Replicas_ShareTheEvents_UnlessEachHasItsOwnGroup()
    {
        await using var one = await EventApp.StartAsync(Orders);
        await using var two = await EventApp.StartAsync(Orders);
        await using var store = await OpenStoreAsync();
        await using var mesh = await PubSubMesh.StartAsync(
            store,
            PubSubMesh.Define("app", one.Stub.Port, Settings($"{Guid.NewGuid()}", isPerProcess: true)),
            PubSubMesh.Define("app", two.Stub.Port, Settings($"{Guid.NewGuid()}", isPerProcess: true), replica: 1));
        await mesh.ConnectAsync(0);
        await mesh.ConnectAsync(1);
        await mesh.PublishAsync("1");
        Assert.Equal(("1", "1"), (await one.NextDataAsync(), await two.NextDataAsync()));
    }

    [Fact]
    public async Task Bulk_SendsABatch_AndTakesEachAnswerAlone()
    {
        await using var app = await EventApp.StartAsync("""
            [{"pubsubName":"pubsub","topic":"orders","route":"orders","deadLetterTopic":"dead","bulkSubscribe":{"enabled":true,"maxMessagesCount":3,"maxAwaitDurationMs":20000}},
             {"pubsubName":"pubsub","topic":"dead","route":"dead"}]
            """);
        app.Answer = async (context, received) =>
        {
            if (received.Path != "/orders")
                return;
            using var body = JsonDocument.Parse(received.Body);
            var entries = body.RootElement.GetProperty("entries").EnumerateArray().Select(entry =>
                (Id: entry.GetProperty("entryId").GetString(), Data: entry.GetProperty("event").GetProperty("data").GetInt32()));
            var statuses = entries.Where(entry => entry.Data != 3).Select(entry => new { entryId = entry.Id, status = entry.Data == 1 ? "SUCCESS" : "DROP" });
            await context.Response.WriteAsJsonAsync(new { statuses });
        };
        await using var store = await OpenStoreAsync();
        await using var mesh = await PubSubMesh.StartAsync(store, Define(app));
        await mesh.ConnectAsync();
        for (var i = 1; i <= 3; i++)
            await mesh.PublishAsync($"{i}");
        var batch = await app.NextAsync();
        Assert.Equal("application/json", batch.Headers["Content-Type"]);
        Assert.Contains("com.dapr.event.sent.bulk", batch.Body, StringComparison.Ordinal);
        Assert.Equal(["2", "3"], new[] { await app.NextDataAsync(), await app.NextDataAsync() }.Order());
    }

    [Fact]
    public async Task Crash_EveryEventIsHandled_ThoseUnderWayAgain()
    {
        const int Events = 30;
        var port = 0;
        var handled = new HashSet<string>();
        await using (var app = await EventApp.StartAsync(Orders))
        {
            port = app.Stub.Port;
            // Ten are under way and never answered, five were handled before.
            var answered = 0;
            app.Answer = (context, _) => Interlocked.Increment(ref answered) <= 5 ? Task.CompletedTask : Task.Delay(Timeout.Infinite, context.RequestAborted);
            await using var store = await OpenStoreAsync();
            await using var mesh = await PubSubMesh.StartAsync(store, Define(app));
            await mesh.ConnectAsync();
            for (var i = 0; i < Events; i++)
                await mesh.PublishAsync($"{i}");
            for (var i = 0; i < 15; i++)
                await app.NextAsync();
        }

        await using var successor = await EventApp.StartAsync(Orders, port);
        await using var reopened = await OpenStoreAsync();
        await using var second = await PubSubMesh.StartAsync(reopened, Define(successor));
        await second.ConnectAsync();
        // 25 were not completed; one of the five may not have been either, when its completion was cut off.
        while (handled.Count < Events - 5)
            handled.Add(await successor.NextDataAsync());
    }

    private protected AppDefinition Define(EventApp app) => PubSubMesh.Define("app", app.Stub.Port, Settings("app"));
}
