using AgentMesh.Gateway.Tests.Identity;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>A gateway before a sidecar with an agent that has a wallet and sells, for its owner and for everybody else.</summary>
public sealed class McpFixture : IAsyncLifetime
{
    internal const string PayTo = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    internal const string Sales =
        $$$$"""{"value":{"payTo":"{{{{PayTo}}}}","tools":[{"name":"premium_analysis","description":"Analyzes.","inputSchema":"{\"type\":\"object\",\"properties\":{\"query\":{\"type\":\"string\",\"description\":\"What is asked.\"}},\"required\":[\"query\"]}","priceUsd":"0.10"},{"name":"forecast","description":"Forecasts.","inputSchema":"{}","priceUsd":"0.25"},{"name":"get_info","description":"A name that is taken.","inputSchema":"{}","priceUsd":"0.25"}]}}""";

    private const string Info =
        $$$$"""{"value":{"messageCount":2,"walletAddress":"{{{{PayTo}}}}","createdAt":"2026-11-26T12:00:00+00:00","lastActive":"2026-11-26T12:00:00+00:00","budget":{"limits":[]}}}""";

    private const string Budget =
        """{"value":{"limits":[{"scope":"agent","asset":"USD","window":"rolling:24h","limit":"50000000","posted":"0","held":"0","overrun":"0","available":"50000000"}]}}""";

    private const string History = """{"value":{"messages":[{"seq":1,"role":"user","content":"hi","timestamp":5},{"seq":2,"role":"assistant","content":"You said: hi","timestamp":6}]}}""";

    private const string Payments =
        $$$"""{"value":{"payments":[{"seq":1,"id":"00","direction":"in","state":"settled","amountAtomic":"100000","decimals":6,"asset":"0x0","network":"eip155:84532","payer":"0x1","payee":"{{{PayTo}}}","resource":"mcp://tool/premium_analysis","transaction":"0x2","createdAt":"2026-11-26T12:00:00+00:00","updatedAt":"2026-11-26T12:00:00+00:00"}]}}""";

    private const string Sessions =
        """{"value":{"sessions":[{"id":"default","createdAt":"2026-11-26T12:00:00+00:00","lastActive":"2026-11-26T12:00:00+00:00","metadata":"{}"},{"id":"abc","createdAt":"2026-11-26T12:00:00+00:00","lastActive":"2026-11-26T12:00:00+00:00","metadata":"{}"}]}}""";

    private readonly TokenIssuer _issuer = new();
    private GatewayServer _strangers = null!;

    internal FakeSidecar Sidecar { get; private set; } = null!;

    internal HttpClient Owner { get; private set; } = null!;

    internal HttpClient Stranger { get; private set; } = null!;

    internal GatewayServer Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Sidecar = await FakeSidecar.StartAsync();
        Sidecar.Agent = Answer;
        Gateway = new GatewayServer(Sidecar, null, new KeyValuePair<string, string>("AgentMesh:Cors:Origins", "https://app.example.org"));
        Owner = Gateway.Client();
        // Without a token: nobody's.
        _strangers = new GatewayServer(Sidecar, null, _issuer.Settings);
        Stranger = _strangers.Client();
    }

    public async ValueTask DisposeAsync()
    {
        await _strangers.DisposeAsync();
        await Gateway.DisposeAsync();
        await Sidecar.DisposeAsync();
        _issuer.Dispose();
    }

    internal static string? Answer(SidecarCall call) => call.Path.Split('/')[^1] switch
    {
        "GetSales" => Sales,
        "GetInfo" => Info,
        "GetBudget" => Budget,
        "GetHistory" => History,
        "ListPayments" => Payments,
        "ListSessions" => Sessions,
        "SendMail" => """{"value":{"messageIds":["7-aaaqeayeaudaocajbifqydiob4"]}}""",
        _ => null,
    };
}
