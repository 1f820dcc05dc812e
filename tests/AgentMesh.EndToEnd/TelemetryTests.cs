using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
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
    public async Task AMessageAndAPaidCall_AreOneTraceEach_FromTheClientToTheFacilitatorAndBack_AndNobodysWordsAreInThem()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: Token);
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        // A run that a busy machine takes for dead goes on in another trace, that of the reminder which found it.
        await using var mesh = await Mesh.StartAsync(
            store.Data,
            options: [.. MeshOptions.Model(model, "search"), .. MeshOptions.Set("AgentMesh__Turns__LeaseSeconds=60"), .. collector.Settings.SelectMany(one => MeshOptions.Set($"{one.Key}={one.Value}"))]);
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
