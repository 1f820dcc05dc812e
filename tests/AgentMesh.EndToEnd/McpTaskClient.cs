using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.X402.Mcp;
using AgentMesh.X402.Wire;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentMesh.EndToEnd;

#pragma warning disable MCPEXP002 // The SDK knows no other way to say which task a request is about.

/// <summary>The SDK's client of an agent at one gateway, which takes tasks.</summary>
internal sealed class McpTaskClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;
    private readonly McpClient _client;
    private readonly Uri _events;

    private McpTaskClient(HttpClient http, McpClient client, Uri events) => (_http, _client, _events) = (http, client, events);

    public static async Task<McpTaskClient> ConnectAsync(Uri gateway, string user)
    {
        var http = new HttpClient();
        var transport = new HttpClientTransport(
            new HttpClientTransportOptions { Endpoint = new Uri(gateway, $"/agent/{user}/mcp"), TransportMode = HttpTransportMode.StreamableHttp }, http);
        var options = new McpClientOptions
        {
            ProtocolVersion = "2026-07-28",
            Capabilities = new ClientCapabilities { Extensions = new Dictionary<string, object> { ["io.modelcontextprotocol/tasks"] = new JsonObject() } },
        };
        var client = await McpClient.CreateAsync(transport, options, cancellationToken: TestContext.Current.CancellationToken);
        return new McpTaskClient(http, client, new Uri(gateway, $"/agent/{user}/events"));
    }

    /// <summary>Calls a tool, with a payment as the specification has it, and is answered with a task.</summary>
    public async Task<string> BeginAsync(string tool, object arguments, PaymentPayload? payment = null)
    {
        var parameters = new JsonObject { ["name"] = tool, ["arguments"] = JsonSerializer.SerializeToNode(arguments) };
        if (payment is not null)
            parameters["_meta"] = new JsonObject { [McpPaymentKeys.Payment] = JsonObject.Create(McpPayments.WritePayment(payment, asText: false)) };
        var begun = (await _client.SendRequestAsync(new JsonRpcRequest { Method = "tools/call", Params = parameters }, TestContext.Current.CancellationToken)).Result!;
        Assert.Equal("task", begun["resultType"]?.GetValue<string>());
        return begun["taskId"]!.GetValue<string>();
    }

    /// <summary>Calls a tool that answers at once.</summary>
    public async Task<CallToolResult> CallAsync(string tool, object arguments) => await _client.CallToolAsync(
        new CallToolRequestParams { Name = tool, Arguments = JsonSerializer.SerializeToElement(arguments).Deserialize<Dictionary<string, JsonElement>>() },
        TestContext.Current.CancellationToken);

    public async Task<JsonObject> AskAsync(string method, string id)
    {
        var request = new JsonRpcRequest { Method = method, Params = new JsonObject { ["taskId"] = id }, Context = new JsonRpcMessageContext { RoutingName = id } };
        return (await _client.SendRequestAsync(request, TestContext.Current.CancellationToken)).Result!.AsObject();
    }

    /// <summary>Asks until the task is over.</summary>
    /// <returns>What the call would have been answered.</returns>
    public async Task<CallToolResult> FinishAsync(string id)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        for (var seen = 0L; ;)
        {
            var task = await AskAsync("tasks/get", id);
            if (task["status"]!.GetValue<string>() == "completed")
                return task["result"].Deserialize<CallToolResult>(McpJsonUtilities.DefaultOptions)!;
            Assert.Equal("working", task["status"]!.GetValue<string>());
            // The long poll says when something has happened, or that a second is over; what it says does not matter here.
            using var poll = new HttpRequestMessage(HttpMethod.Get, $"{_events}?after={seen}&wait=1");
            poll.Headers.Add("Accept", "application/json");
            using var polled = await _http.SendAsync(poll, limit.Token);
            if (polled.IsSuccessStatusCode)
                seen = (await polled.Content.ReadFromJsonAsync<JsonElement>(limit.Token)).GetProperty("last").GetInt64();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _http.Dispose();
    }
}
