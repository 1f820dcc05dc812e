using System.Net.Http.Json;
using AgentMesh.Sidecar.Metrics;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.Tests.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentMesh.Sidecar.Tests.Metrics;

/// <summary>Real traffic through the real runtime, then a scrape: daprd's names, labels and counts.</summary>
public sealed class MetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ActorTraffic_IsMeasuredUnderDaprdsNames()
    {
        await using var app = await StubApp.StartAsync();
        var definition = SidecarHarness.Define("agents", app.Port) with
        {
            MetricsPort = TestPorts.Next(),
            Components = [new ComponentInfo("statestore", "state.redis", "v1")],
            StateStores = new Dictionary<string, string> { ["statestore"] = "agents||" },
        };
        await using var mesh = await SidecarHarness.StartAsync([definition]);
        await mesh.ConnectAsync();
        for (var call = 0; call < 3; call++)
            (await mesh.Client.PutAsync("/v1.0/actors/T/default:alice/method/Say", new StringContent("{}"), Token)).EnsureSuccessStatusCode();
        app.Handler = (context, _) =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await mesh.Client.PutAsync("/v1.0/actors/T/default:bob/method/Say", null, Token);
        (await mesh.Client.PostAsJsonAsync("/v1.0/state/statestore", new[] { new { key = "k", value = 1 } }, Token)).EnsureSuccessStatusCode();
        await mesh.Client.GetAsync("/v1.0/state/statestore/k", Token);
        await mesh.Client.GetAsync("/v1.0/state/nostore/k", Token);

        var scrape = await ScrapeAsync(definition.MetricsPort, "/", found => found["dapr_http_server_request_bytes_count", "app_id=agents"] == 7);
        string[] path = ["app_id=agents", "method=PUT", "path=/v1.0/actors/T/{id}/method"];
        Assert.Equal(3, scrape["dapr_http_server_request_count", [.. path, "status=200"]]);
        Assert.Equal(1, scrape["dapr_http_server_request_count", [.. path, "status=500"]]);
        Assert.Equal(3, scrape["dapr_http_server_response_count", [.. path, "status=200"]]);
        Assert.Equal(3, scrape["dapr_http_server_latency_count", [.. path, "status=200"]]);
        Assert.Equal(3, scrape["dapr_http_server_latency_bucket", [.. path, "status=200", "le=100000"]]);
        Assert.Equal(7, scrape["dapr_http_server_request_bytes_count", "app_id=agents"]);
        Assert.Equal(7, scrape["dapr_http_server_response_bytes_bucket", "app_id=agents", "le=1024"]);
        Assert.Equal(3, scrape["dapr_http_client_completed_count", "app_id=agents", "method=PUT", "path=actors/T/{id}/method/Say", "status=200"]);
        Assert.Equal(1, scrape["dapr_http_client_roundtrip_latency_count", "app_id=agents", "method=PUT", "path=actors/T/{id}/method/Say", "status=500"]);
        Assert.Equal(1, scrape["dapr_component_state_count", "app_id=agents", "component=statestore", "namespace=default", "operation=set", "success=true"]);
        Assert.Equal(1, scrape["dapr_component_state_latencies_count", "app_id=agents", "component=statestore", "namespace=default", "operation=get", "success=true"]);
        Assert.Equal(1, scrape["dapr_runtime_component_loaded", "app_id=agents"]);
        Assert.Equal(1, scrape["dapr_runtime_component_init_total", "app_id=agents", "component=state.redis"]);
        Assert.DoesNotContain(scrape.Series, series => series.Contains("alice", StringComparison.Ordinal) || series.Contains("nostore\"", StringComparison.Ordinal) && series.Contains("component", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TimersAndReminders_AreCounted_AndTheirTicks()
    {
        await using var app = await StubApp.StartAsync();
        var fired = new SemaphoreSlim(0);
        app.Handler = (context, _) =>
        {
            if (context.Request.Path.Value!.Contains("/remind/", StringComparison.Ordinal) || context.Request.Path.Value.Contains("/timer/", StringComparison.Ordinal))
                fired.Release();
            return Task.CompletedTask;
        };
        var definition = SidecarHarness.Define("agents", app.Port) with { MetricsPort = TestPorts.Next() };
        await using var mesh = await SidecarHarness.StartAsync([definition]);
        await mesh.ConnectAsync();
        foreach (var (kind, name) in new[] { ("reminders", "soon"), ("timers", "soon"), ("reminders", "late"), ("timers", "late") })
            (await mesh.Client.PostAsJsonAsync($"/v1.0/actors/T/a/{kind}/{name}", new { dueTime = name == "soon" ? "0ms" : "1h", period = "1h" }, Token)).EnsureSuccessStatusCode();
        await fired.WaitAsync(Token);
        await fired.WaitAsync(Token);
        // The tick is counted when the app has answered, which may be a moment after the app has seen it.
        await mesh.Client.PutAsync("/v1.0/actors/T/a/method/After", null, Token);

        var scrape = await ScrapeAsync(definition.MetricsPort, "/metrics");
        string[] labels = ["app_id=agents", "actor_type=T"];
        Assert.Equal(2, scrape["dapr_runtime_actor_reminders", labels]);
        Assert.Equal(2, scrape["dapr_runtime_actor_timers", labels]);
        Assert.Equal(1, scrape["dapr_runtime_actor_reminders_fired_total", [.. labels, "success=true"]]);
        Assert.Equal(1, scrape["dapr_runtime_actor_timers_fired_total", [.. labels, "success=true"]]);
    }

    [Fact]
    public async Task CallsThatWaitForTheirTurn_ArePending_AndDeactivationsAreCounted()
    {
        await using var app = await StubApp.StartAsync();
        var (arrived, release) = (new SemaphoreSlim(0), new TaskCompletionSource());
        app.Handler = async (context, _) =>
        {
            if (!HttpMethods.IsPut(context.Request.Method))
                return;
            arrived.Release();
            await release.Task;
        };
        var definition = SidecarHarness.Define("agents", app.Port) with { MetricsPort = TestPorts.Next() };
        await using var mesh = await SidecarHarness.StartAsync([definition]);
        await mesh.ConnectAsync();
        var calls = Enumerable.Range(0, 3).Select(_ => mesh.Client.PutAsync("/v1.0/actors/T/a/method/M", null, Token)).ToList();
        await arrived.WaitAsync(Token);
        string[] labels = ["app_id=agents", "actor_type=T"];
        await ScrapeAsync(definition.MetricsPort, "/", found => found["dapr_runtime_actor_pending_actor_calls", labels] == 2);
        release.SetResult();
        await Task.WhenAll(calls);
        await mesh.Runtime.DrainActorsAsync(Token);

        var scrape = await ScrapeAsync(definition.MetricsPort, "/");
        Assert.Equal(0, scrape["dapr_runtime_actor_pending_actor_calls", labels]);
        Assert.Equal(1, scrape["dapr_runtime_actor_deactivated_total", labels]);
    }

    [Fact]
    public async Task Invocation_IsCountedOnBothSides()
    {
        await using var callee = await StubApp.StartAsync();
        await using var caller = await StubApp.StartAsync();
        AppDefinition[] apps =
        [
            SidecarHarness.Define("gateway", caller.Port) with { MetricsPort = TestPorts.Next() },
            SidecarHarness.Define("agents", callee.Port) with { MetricsPort = TestPorts.Next() },
        ];
        await using var mesh = await SidecarHarness.StartAsync(apps);
        await mesh.ConnectAsync(0);
        await mesh.ConnectAsync(1);
        (await mesh.Client.GetAsync("/v1.0/invoke/agents/method/x", Token)).EnsureSuccessStatusCode();

        const string Name = "dapr_runtime_service_invocation_";
        var (from, to) = (await ScrapeAsync(apps[0].MetricsPort, "/"), await ScrapeAsync(apps[1].MetricsPort, "/"));
        Assert.Equal(1, from[Name + "req_sent_total", "app_id=gateway", "dst_app_id=agents", "type=unary"]);
        Assert.Equal(1, from[Name + "res_recv_total", "app_id=gateway", "src_app_id=agents", "status=200", "type=unary"]);
        Assert.Equal(1, from[Name + "res_recv_latency_ms_count", "app_id=gateway", "src_app_id=agents", "status=200"]);
        Assert.Equal(1, to[Name + "req_recv_total", "app_id=agents", "src_app_id=gateway"]);
        Assert.Equal(1, to[Name + "res_sent_total", "app_id=agents", "dst_app_id=gateway", "status=200"]);
    }

    [Fact]
    public async Task Events_AreCountedOnTheirWayInAndOut_AndWhatTheirPolicyDoes()
    {
        await using var app = await StubApp.StartAsync("{}");
        var (answers, done) = (new Queue<int>([500, 200]), new TaskCompletionSource());
        app.Handler = (context, _) =>
        {
            context.Response.StatusCode = context.Request.Path == "/orders" ? answers.Dequeue() : 404;
            if (answers.Count == 0)
                done.TrySetResult();
            return Task.CompletedTask;
        };
        using var folder = new TestTree();
        await using var store = SqliteStateStore.Open(folder.Path, NullLogger<SqliteStateStore>.Instance);
        var retry = new RetryPolicy(false, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(60), 3, null);
        var definition = SidecarHarness.Define("shop", app.Port) with
        {
            MetricsPort = TestPorts.Next(),
            PubSubs = [new PubSubSettings("pubsub") { ConsumerId = "shop" }],
            Subscriptions = [new Subscription("pubsub", "orders") { Rules = [new RouteRule("", null, "/orders")], IsDeclarative = true }],
            Resiliency = [new ResiliencyResource("policies") { Inbound = new Dictionary<string, TargetPolicy> { ["pubsub"] = new TargetPolicy(null, retry, null) } }],
        };
        await using var mesh = await SidecarHarness.StartAsync([definition], store: store);
        await mesh.ConnectAsync();
        (await mesh.Client.PostAsJsonAsync("/v1.0/publish/pubsub/orders", new { id = 1 }, Token)).EnsureSuccessStatusCode();
        await done.Task.WaitAsync(Token);

        string[] labels = ["app_id=shop", "component=pubsub", "namespace=default", "topic=orders"];
        var scrape = await ScrapeAsync(
            definition.MetricsPort, "/", found => found["dapr_component_pubsub_ingress_count", [.. labels, "process_status=success", "status=success"]] is not null);
        Assert.Equal(1, scrape["dapr_component_pubsub_ingress_count", [.. labels, "process_status=success", "status=success"]]);
        Assert.Equal(1, scrape["dapr_component_pubsub_ingress_count", [.. labels, "process_status=retry", "status=retry"]]);
        Assert.Equal(1, scrape["dapr_component_pubsub_ingress_latencies_count", [.. labels, "process_status=success", "status=success"]]);
        Assert.Equal(1, scrape["dapr_component_pubsub_egress_count", [.. labels, "success=true"]]);
        Assert.Equal(1, scrape["dapr_component_pubsub_egress_latencies_count", [.. labels, "success=true"]]);
        Assert.Equal(1, scrape["dapr_resiliency_loaded", "app_id=shop", "name=policies", "namespace=default"]);
        string[] policy = ["app_id=shop", "name=policies", "namespace=default", "policy=retry", "flow_direction=inbound", "target=Pubsub_pubsub", "status="];
        Assert.Equal(1, scrape["dapr_resiliency_count", policy]);
        Assert.Equal(1, scrape["dapr_resiliency_activations_total", policy]);
    }

    [Fact]
    public async Task LowCardinality_LeavesThePathOut()
    {
        await using var app = await StubApp.StartAsync();
        var definition = SidecarHarness.Define("agents", app.Port) with
        {
            MetricsPort = TestPorts.Next(),
            Configuration = AppConfiguration.None with { IncreasedCardinality = false },
        };
        await using var mesh = await SidecarHarness.StartAsync([definition]);
        await mesh.ConnectAsync();
        await mesh.Client.PutAsync("/v1.0/actors/T/a/method/M", null, Token);
        string[] labels = ["app_id=agents", "method=PUT", "path=", "status=200"];
        var scrape = await ScrapeAsync(definition.MetricsPort, "/", found => found["dapr_http_server_request_count", labels] is not null);
        Assert.Equal(1, scrape["dapr_http_server_request_count", labels]);
    }

    [Fact]
    public async Task MetricsSwitchedOff_OpenNoPort()
    {
        await using var app = await StubApp.StartAsync();
        var definition = SidecarHarness.Define("agents", app.Port) with
        {
            MetricsPort = TestPorts.Next(),
            Configuration = AppConfiguration.None with { MetricsEnabled = false },
        };
        await using var mesh = await SidecarHarness.StartAsync([definition]);
        await Assert.ThrowsAsync<HttpRequestException>(() => ScrapeAsync(definition.MetricsPort, "/"));
    }

    [Fact]
    public async Task PathsWithoutEnd_AreCountedTogether()
    {
        var metrics = new AppMetrics("app", "default", TimeProvider.System, [], increasedCardinality: true);
        for (var path = 0; path < HttpSeries.MaxSeries + 5; path++)
            metrics.Http.AppAnswered("GET", $"/any/{path}", 200, 0, 1);
        var scrape = new Scrape(await metrics.ExportAsync(Token));
        Assert.Equal(5, scrape["dapr_http_client_completed_count", "app_id=app", "method=GET", "path=", "status=200"]);
        Assert.Equal(1, scrape["dapr_http_client_completed_count", "app_id=app", "method=GET", "path=/any/7", "status=200"]);
    }

    [Fact]
    public void CallOfAKnownPath_AllocatesNothing()
    {
        var metrics = new AppMetrics("app", "default", TimeProvider.System, [], increasedCardinality: true);
        for (var warm = 0; warm < 200; warm++)
            metrics.Http.AppAnswered("PUT", "/actors/T/a/method/M", 200, 10, 1.5);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 1_000; call++)
            metrics.Http.AppAnswered("PUT", "/actors/T/b/method/M", 200, 10, 1.5);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    /// <summary>A call is counted when its answer is on its way, so it may be read before: then it is read again.</summary>
    private static async Task<Scrape> ScrapeAsync(int port, string path, Func<Scrape, bool>? isComplete = null)
    {
        using var client = new HttpClient();
        while (true)
        {
            using var response = await client.GetAsync($"http://127.0.0.1:{port}{path}", Token);
            response.EnsureSuccessStatusCode();
            Assert.Equal(AppMetrics.ContentType, response.Content.Headers.ContentType!.ToString());
            var scrape = new Scrape(await response.Content.ReadAsStringAsync(Token));
            if (isComplete?.Invoke(scrape) != false)
                return scrape;
        }
    }
}
