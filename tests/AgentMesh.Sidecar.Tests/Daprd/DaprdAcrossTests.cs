using System.Collections.Concurrent;
using System.Net;
using System.Text;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.Daprd;

/// <summary>What apps do through several sidecars: invoke, remind, publish; and the life of one sidecar.</summary>
public sealed class DaprdAcrossTests
{
    private static readonly Dictionary<string, string> HostTokens = new() { ["DAPR_API_TOKEN"] = "host-dapr", ["APP_API_TOKEN"] = "host-app" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Invoke_GoesThroughTheTargetsSidecar_WithItsAppToken()
    {
        await using var mesh = await DaprdMesh.StartAsync();
        var app = await mesh.AppAsync();
        app.Handler = async (context, body) =>
        {
            if (context.Request.Path.StartsWithSegments("/hello"))
                (context.Response.StatusCode, context.Response.Headers["x-answer"]) = (418, "yes");
            await context.Response.WriteAsync($"got {body}", Token);
        };
        var (caller, host) = (mesh.Daprd("caller", null), mesh.Daprd("host", app.Port, HostTokens));
        await Task.WhenAll(caller.Initialized, host.Initialized);

        using var content = new StringContent("text", Encoding.UTF8, "text/plain");
        using var answer = await caller.Client.PutAsync("/v1.0/invoke/host/method/hello/a%20b?q=1", content, Token);
        Assert.Equal((418, "got text", "yes"), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Token), answer.Headers.GetValues("x-answer").Single()));
        var got = Assert.Single(app.Requests, request => request.Path.StartsWith("/hello", StringComparison.Ordinal));
        Assert.Equal(("PUT", "/hello/a b?q=1", "text"), (got.Method, got.Path, got.Body));
        Assert.Equal(("host-app", "caller", "host"), (got.Headers["dapr-api-token"], got.Headers["dapr-caller-app-id"], got.Headers["dapr-callee-app-id"]));
        Assert.DoesNotContain(got.Headers.Keys, name => name.StartsWith("agentmesh", StringComparison.OrdinalIgnoreCase));

        using var missing = await caller.Client.GetAsync("/v1.0/invoke/nobody/method/hello", Token);
        Assert.Contains("couldn't find service: nobody", await missing.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InternalPort_WantsTheSecretOfTheRegistry()
    {
        await using var mesh = await DaprdMesh.StartAsync();
        var app = await mesh.AppAsync();
        var port = TestPorts.Next();
        await mesh.Daprd("host", app.Port, null, "--dapr-internal-grpc-port", $"{port}").Initialized;
        using var client = new HttpClient();
        foreach (var token in (string?[])[null, "", "guess"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, $"http://127.0.0.1:{port}/actors/T/a/method/m");
            if (token is not null)
                request.Headers.TryAddWithoutValidation("dapr-api-token", token);
            using var answer = await client.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        Assert.Empty(app.Calls("PUT"));
    }

    [Fact]
    public async Task ActorCall_PassesHeadersErrorsAndIdsAsTheyAre()
    {
        await using var mesh = await DaprdMesh.StartAsync();
        var app = await mesh.AppAsync();
        app.Handler = async (context, body) =>
        {
            if (context.Request.Path.Value!.EndsWith("/fails", StringComparison.Ordinal))
                context.Response.StatusCode = 503;
            context.Response.Headers["X-DaprErrorResponseHeader"] = "detail";
            await context.Response.WriteAsync($"{body}!", Token);
        };
        var (caller, host) = (mesh.Daprd("caller", null), mesh.Daprd("host", app.Port, HostTokens));
        await Task.WhenAll(caller.Initialized, host.Initialized);

        using var content = new StringContent("x");
        using var answer = await caller.Client.PostAsync("/v1.0/actors/T/a.b:c%25d+e/method/m", content, Token);
        Assert.Equal((200, "x!", "detail"), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Token), answer.Headers.GetValues("X-DaprErrorResponseHeader").Single()));
        var got = Assert.Single(app.Calls("PUT"));
        Assert.Equal(("host-app", "caller", "true"), (got.Headers["dapr-api-token"], got.Headers["dapr-caller-app-id"], got.Headers["Dapr-API-Call"]));
        Assert.Contains("a.b:c%d", got.Path, StringComparison.Ordinal);

        using var failed = await caller.Client.PostAsync("/v1.0/actors/T/a/method/fails", null, Token);
        Assert.Equal(500, (int)failed.StatusCode);
        Assert.Contains("error from actor service: (503) !", await failed.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using var unknown = await caller.Client.PostAsync("/v1.0/actors/Nobody/a/method/m", null, Token);
        Assert.Contains("did not find address for actor 'Nobody||a'", await unknown.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);

        // The state API looks at the sidecar that was asked.
        using var write = new StringContent("[]");
        using var foreign = await caller.Client.PostAsync("/v1.0/actors/T/a/state", write, Token);
        Assert.Contains("ERR_ACTOR_RUNTIME_NOT_FOUND", await foreign.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reminders_FireOnceOnTheActorsHost_AndGoOnAfterTheDeathOfTheSidecarThatFiredThem()
    {
        await using var mesh = await DaprdMesh.StartAsync();
        var fired = new ConcurrentQueue<(string Actor, string Name)>();
        var daprds = new List<DaprdProcess>();
        for (var i = 0; i < 2; i++)
        {
            var app = await mesh.AppAsync();
            app.Handler = (context, _) =>
            {
                if (context.Request.Path.Value!.Split('/') is [_, "actors", _, var actor, "method", "remind", var name])
                    fired.Enqueue((actor, name));
                return Task.CompletedTask;
            };
            daprds.Add(mesh.Daprd("host", app.Port));
        }

        await Task.WhenAll(daprds.Select(daprd => daprd.Initialized));
        for (var actor = 0; actor < 8; actor++)
            await RemindAsync(daprds[actor % 2], $"a{actor}", "once", "500ms");
        await PlacementAcrossTests.EventuallyAsync(() => fired.Count >= 8);

        // Registered at one, deleted at the other: it may not fire, wherever the type's reminders are fired.
        await RemindAsync(daprds[0], "a0", "gone", "2s");
        using (var delete = await daprds[1].Client.DeleteAsync("/v1.0/actors/T/a0/reminders/gone", Token))
            Assert.Equal(204, (int)delete.StatusCode);
        await RemindAsync(daprds[1], "a0", "after", "2500ms");
        await PlacementAcrossTests.EventuallyAsync(() => fired.Contains(("a0", "after")));
        Assert.DoesNotContain(("a0", "gone"), fired);
        Assert.Equal(8, fired.Count(tick => tick.Name == "once"));

        for (var actor = 0; actor < 8; actor++)
            await RemindAsync(daprds[1], $"a{actor}", "late", "4s");
        await daprds[0].KillAsync();
        await PlacementAcrossTests.EventuallyAsync(() => fired.Count(tick => tick.Name == "late") >= 8);
        Assert.Equal(8, fired.Where(tick => tick.Name == "late").Distinct().Count());
    }

    [Fact]
    public async Task Events_AreSharedByTheSidecarsOfAnApp_AndThoseOfADeadOneAreDelivered()
    {
        await using var mesh = await DaprdMesh.StartAsync();
        var handled = new ConcurrentQueue<string>();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (slow, quick) = (await mesh.AppAsync(), await mesh.AppAsync());
        slow.Handler = (context, body) => HandleAsync(context, body, release.Task);
        quick.Handler = (context, body) => HandleAsync(context, body, Task.CompletedTask);
        var (publisher, slowly, quickly) = (mesh.Daprd("caller", null), mesh.Daprd("reader", slow.Port), mesh.Daprd("reader", quick.Port));
        await Task.WhenAll(publisher.Initialized, slowly.Initialized, quickly.Initialized);
        var count = 0;
        for (; slow.Requests.All(request => request.Path != "/t") || quick.Requests.All(request => request.Path != "/t"); count++)
        {
            using var content = new StringContent($"\"e{count}\"", Encoding.UTF8, "application/json");
            using var published = await publisher.Client.PostAsync("/v1.0/publish/pubsub/t", content, Token);
            Assert.Equal(204, (int)published.StatusCode);
            await Task.Delay(20, Token); // both sides look for events now and then
        }

        // What the slow one has in its hands for longer than the processing timeout (3 s) is not taken from it while it lives.
        await Task.Delay(TimeSpan.FromSeconds(5), Token); // the silence is what is tested
        var delivered = slow.Requests.Concat(quick.Requests).Where(request => request.Path == "/t").Select(request => request.Body).ToList();
        Assert.Equal(delivered.Count, delivered.Distinct().Count());
        Assert.True(handled.Count < count);

        await slowly.KillAsync();
        await PlacementAcrossTests.EventuallyAsync(() => handled.Distinct().Count() == count);
        release.SetResult();

        async Task HandleAsync(HttpContext context, string body, Task until)
        {
            if (context.Request.Path == "/dapr/subscribe")
                await context.Response.WriteAsync("""[{"pubsubName":"pubsub","topic":"t","route":"/t"}]""", Token);
            else if (context.Request.Path == "/t")
            {
                using var json = System.Text.Json.JsonDocument.Parse(body);
                await until;
                if (!context.RequestAborted.IsCancellationRequested)
                    handled.Enqueue(json.RootElement.GetProperty("data").GetString()!);
            }
        }
    }

    [Fact]
    public async Task Shutdown_OverTheApi_DrainsAndEndsThisProcess()
    {
        await using var mesh = await DaprdMesh.StartAsync();
        var app = await mesh.AppAsync();
        var daprd = mesh.Daprd("host", app.Port);
        using (var health = await daprd.Client.GetAsync("/v1.0/healthz", Token).ContinueWith(task => task.IsFaulted ? null : task.Result, TaskScheduler.Default))
            Assert.NotEqual(HttpStatusCode.NoContent, health?.StatusCode);
        await daprd.Initialized;
        using (var health = await daprd.Client.GetAsync("/v1.0/healthz", Token))
            Assert.Equal(HttpStatusCode.NoContent, health.StatusCode);
        using (var call = await daprd.Client.PostAsync("/v1.0/actors/T/a/method/m", null, Token))
            Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        // Asked of an app that was there before its sidecar, before it gets the actor.
        Assert.Equal("/actors/T/a", Assert.Single(app.Calls("DELETE")).Path);
        using (var shutdown = await daprd.Client.PostAsync("/v1.0/shutdown", null, Token))
            Assert.Equal(HttpStatusCode.NoContent, shutdown.StatusCode);
        Assert.Equal(0, await daprd.ExitedAsync());
        Assert.Equal(2, app.Calls("DELETE").Count());
        Assert.Equal(0, await mesh.Redis.SortedSetLengthAsync("agentmesh:registry:default:members"));
    }

    [Fact]
    public async Task Sqlite_IsRefusedWithTheReason()
    {
        using var tree = new TestTree();
        tree.Write("resources/store.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: store}
            spec:
              type: state.sqlite
              version: v1
              metadata: []
            """);
        await using var daprd = DaprdProcess.Start("host", null, tree.At("resources"));
        Assert.Equal(1, await daprd.ExitedAsync());
        Assert.Contains("a SQLite file belongs to one process", daprd.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutRedis_ItServesItsOwnApp_AndSaysSo()
    {
        await using var app = await StubApp.StartAsync();
        await using var daprd = DaprdProcess.Start("lonely", app.Port, null);
        await daprd.Initialized;
        using var answer = await daprd.Client.GetAsync("/v1.0/invoke/lonely/method/x", Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("name no Redis", daprd.Output, StringComparison.Ordinal);
    }

    private static async Task RemindAsync(DaprdProcess daprd, string actor, string name, string due)
    {
        using var content = new StringContent($$"""{"dueTime":"{{due}}"}""", Encoding.UTF8, "application/json");
        using var answer = await daprd.Client.PostAsync($"/v1.0/actors/T/{actor}/reminders/{name}", content, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }
}
