using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.X402.Mcp;
using AgentMesh.X402.Wire;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentMesh.EndToEnd;

/// <summary>The SDK's client of an agent, whose requests go to one gateway after the other, as through a balancer that knows nothing of sessions.</summary>
internal sealed class McpAgent : IAsyncDisposable
{
    private readonly HttpClient _http;

    private McpAgent(HttpClient http, McpClient client) => (_http, Client) = (http, client);

    public McpClient Client { get; }

    /// <summary>Connects; with somebody who answers its questions, or nobody.</summary>
    public static async Task<McpAgent> ConnectAsync(
        IReadOnlyList<Uri> gateways, string user, string revision, Func<ElicitRequestParams?, CancellationToken, ValueTask<ElicitResult>>? ask = null)
    {
        var http = new HttpClient(new RoundRobin(gateways));
        var transport = new HttpClientTransport(
            new HttpClientTransportOptions { Endpoint = new Uri(gateways[0], $"/agent/{user}/mcp"), TransportMode = HttpTransportMode.StreamableHttp }, http);
        var client = await McpClient.CreateAsync(
            transport,
            new McpClientOptions { ProtocolVersion = revision, Handlers = new McpClientHandlers { ElicitationHandler = ask } },
            cancellationToken: TestContext.Current.CancellationToken);
        return new McpAgent(http, client);
    }

    /// <summary>Calls a tool that answers with structured content.</summary>
    public async Task<JsonElement> CallAsync(string tool, object arguments)
    {
        var result = await CallRawAsync(tool, arguments);
        Assert.False(result.IsError == true, TextOf(result));
        return result.StructuredContent!.Value;
    }

    /// <summary>Calls a tool, with a payment as the specification has it.</summary>
    public async Task<CallToolResult> CallRawAsync(string tool, object arguments, PaymentPayload? payment = null)
    {
        var parameters = new CallToolRequestParams { Name = tool, Arguments = JsonSerializer.SerializeToElement(arguments).Deserialize<Dictionary<string, JsonElement>>() };
        if (payment is not null)
            parameters.Meta = new() { [McpPaymentKeys.Payment] = JsonObject.Create(McpPayments.WritePayment(payment, asText: false)) };
        return await Client.CallToolAsync(parameters, TestContext.Current.CancellationToken);
    }

    public static string TextOf(CallToolResult result) => Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;

    /// <summary>The result as it was on the wire.</summary>
    public static JsonElement JsonOf(CallToolResult result) => JsonSerializer.SerializeToElement(result, McpJsonUtilities.DefaultOptions);

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        _http.Dispose();
    }

    private sealed class RoundRobin(IReadOnlyList<Uri> gateways) : DelegatingHandler(new SocketsHttpHandler())
    {
        private int _next;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var gateway = gateways[Interlocked.Increment(ref _next) % gateways.Count];
            request.RequestUri = new Uri(gateway, request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
