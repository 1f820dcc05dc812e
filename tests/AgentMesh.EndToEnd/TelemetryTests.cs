using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.Testing.ModelServer;
using AgentMesh.Testing.Otlp;

namespace AgentMesh.EndToEnd;

/// <summary>Traces, metrics and logs of the whole mesh at a collector in the test's process.</summary>
public sealed class TelemetryTests
{
    /// <summary>What users say, pay for and look for begins so, and is nowhere in what is gathered.</summary>
    private const string Marker = "quetzalcoatlus";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AMessageAndAPaidCall_AreOneTraceEach_FromTheClientToTheFacilitatorAndBack_AreCounted_AndNobodysWordsAreInThem()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: Token);
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        // A run that a busy machine takes for dead goes on in another trace, that of the reminder which found it.
        await using var mesh = await Mesh.StartAsync(
            store.Data,
            options: [.. MeshOptions.Model(model, "search"), .. MeshOptions.Set("AgentMesh__Turns__LeaseSeconds=60"), .. MeshOptions.Set("AgentMesh__Wallets__StartingUsdc=10"), .. collector.Settings.SelectMany(one => MeshOptions.Set($"{one.Key}={one.Value}"))]);
        using var owner = new AgentClient(mesh.Ready.Gateway);
        using var facilitator = new FacilitatorClient(mesh);

        var message = RandomNumberGenerator.GetHexString(32, lowercase: true);
        using (var answer = await SendAsync(owner.Http, message, "/agent/alice/message", new { content = $"{Marker} said" }))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await WaitAsync(collector, message, "gateway Microsoft.AspNetCore POST /agent/{userId}/message", "agents AgentMesh.Turns turn", "agents AgentMesh.Tools execute_tool search_history", "agents AgentMesh.Responders chat search");

        using var key = EvmKey.FromBytes(SHA256.HashData("buyer"u8));
        await facilitator.FundAsync(key.Address, "1000000", "gift");
        var paid = RandomNumberGenerator.GetHexString(32, lowercase: true);
        using (var buyer = PremiumTests.ClientOf(mesh.Ready.Gateway, key))
        using (var answer = await SendAsync(buyer, paid, "/agent/alice/premium/analysis", new { query = $"{Marker} sold" }))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await WaitAsync(
            collector, paid, "gateway Microsoft.AspNetCore POST /agent/{userId}/premium/{name}", "payments Microsoft.AspNetCore POST /payments/", "payments AgentMesh.Payments payment",
            "payments AgentMesh.Payments.Facilitation facilitator verify", "payments AgentMesh.Payments.Facilitation facilitator settle",
            "facilitator Microsoft.AspNetCore POST /verify", "facilitator Microsoft.AspNetCore POST /settle", "agents AgentMesh.Turns turn");

        // The answer to whom something went wrong names the same trace.
        var refused = RandomNumberGenerator.GetHexString(32, lowercase: true);
        using (var answer = await SendAsync(owner.Http, refused, $"/agent/alice/turns/{Marker}/cancel?q={Marker}", new { }))
            Assert.Equal(refused, (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("traceId").GetString());
        await WaitAsync(collector, refused, "gateway Microsoft.AspNetCore POST /agent/{userId}/turns/{turnId}/cancel");

        await collector.WaitAsync(one => one.Bodies("metrics").Count > 0 && one.Bodies("logs").Count > 0, Token);
        foreach (var kind in (string[])["traces", "metrics", "logs"])
            Assert.DoesNotContain(collector.Bodies(kind), body => Has(body, Marker + " ") || Has(body, "q=" + Marker));
        await BuyAndWriteAsync(owner, facilitator);
        await AssertMetricsAsync(mesh);
    }

    /// <summary>alice's agent buys of bob's and writes to it.</summary>
    private static async Task BuyAndWriteAsync(AgentClient owner, FacilitatorClient facilitator)
    {
        await owner.PostAsync("bob", "hello");
        // What every wallet begins with here, and what was paid for her analysis.
        await facilitator.WaitForBalanceAsync(EvmAddress.Parse((await owner.InfoAsync("alice")).GetProperty("walletAddress").GetString()!), 10_100_000, Token);
        var order = new { url = new Uri(owner.Http.BaseAddress!, "/agent/bob/premium/analysis"), body = """{"query":"is it so?"}""", maxAmount = "100000" };
        using (var bought = await owner.Http.PostAsJsonAsync("/agent/alice/pay", order, Token))
            Assert.Equal(HttpStatusCode.OK, bought.StatusCode);
        using (var sent = await owner.Http.PostAsJsonAsync("/agent/alice/send", new { to = "bob", content = "thank you" }, Token))
            Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        using var refused = await owner.Http.PostAsJsonAsync("/agent/alice/message", new { content = "hello", sessionId = "aaaaaaaaaaaaaaaaaaaaaaaaaa" }, Token);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    /// <summary>What has happened so far is counted, and nobody is named.</summary>
    private static async Task AssertMetricsAsync(Mesh mesh)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{mesh.Ready.Gateway.Authority}/agent/alice"), Token);
        var gateway = await ScrapeAsync(mesh, "gateway");
        Assert.Equal(2, Sum(gateway, "agentmesh_messages_total", "agentmesh_outcome=\"taken\"", "agentmesh_transport=\"http\""));
        Assert.Equal(1, Sum(gateway, "agentmesh_messages_total", "agentmesh_outcome=\"session_not_found\""));
        Assert.Equal(1, Sum(gateway, "agentmesh_sockets_open"));
        var agents = await ScrapeAsync(mesh, "agents");
        // Two messages, and two paid calls.
        Assert.Equal(4, Sum(agents, "agentmesh_turn_duration_seconds_count", "agentmesh_outcome=\"completed\""));
        Assert.Equal(2, Sum(agents, "agentmesh_actors_active", "agentmesh_actor_type=\"AgentActor\""));
        Assert.Equal(1, Sum(agents, "agentmesh_mail_total", "agentmesh_mail_status=\"sent\""));
        Assert.Equal(1, Sum(agents, "agentmesh_holds_total", "agentmesh_hold_state=\"held\""));
        Assert.Equal(1, Sum(agents, "agentmesh_holds_total", "agentmesh_hold_state=\"posted\""));
        Assert.Equal(100_000, Sum(agents, "agentmesh_money_total", "agentmesh_direction=\"out\"", "erc20"));
        var payments = await ScrapeAsync(mesh, "payments");
        Assert.Equal(2, Sum(payments, "agentmesh_payments_total", "agentmesh_payment_state=\"settled\""));
        Assert.Equal(200_000, Sum(payments, "agentmesh_money_total", "agentmesh_direction=\"in\""));
        Assert.Equal(2, Sum(payments, "agentmesh_facilitator_call_duration_seconds_count", "agentmesh_call=\"settle\"", "agentmesh_outcome=\"settled\""));
        var facilitator = await ScrapeAsync(mesh, "facilitator");
        Assert.Contains("dotnet_", facilitator, StringComparison.Ordinal);
        Assert.All((string[])[gateway, agents, payments, facilitator], text => Assert.DoesNotMatch("alice|bob|default:", text));
    }

    private static async Task<string> ScrapeAsync(Mesh mesh, string app)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://127.0.0.1:{mesh.Ready.App(app).AppPort}/metrics"), Token);
    }

    /// <summary>The sum of the series with these labels; null: there are none.</summary>
    private static double? Sum(string text, string name, params string[] labels)
    {
        var series = text.Split('\n')
            .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
            .Select(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture)).ToList();
        return series.Count == 0 ? null : series.Sum();
    }

    private static bool Has(byte[] body, string text) => body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string trace, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");
        return await client.SendAsync(request, Token);
    }

    /// <summary>Waits for spans of a trace, by service, source and name.</summary>
    private static async Task WaitAsync(OtlpCollector collector, string trace, params string[] wanted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            await collector.WaitAsync(one => !wanted.Except(SpansOf(one, trace)).Any(), limit.Token);
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            Assert.Fail($"Missing: {string.Join(", ", wanted.Except(SpansOf(collector, trace)))}. There are:\n{string.Join('\n', SpansOf(collector, trace))}");
        }
    }

    private static IEnumerable<string> SpansOf(OtlpCollector collector, string trace) =>
        collector.Spans.Where(span => span.Trace == trace).Select(span => $"{span.Service} {span.Source} {span.Name}").Distinct();
}
