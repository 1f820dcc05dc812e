using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Agents;

/// <summary>The balance in <c>info</c>: there when the app <c>payments</c> knows it, never an error, and never a long wait.</summary>
public sealed class BalanceTests : IAsyncLifetime
{
    private const string Wallet = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    private const string Head = $$"""{"userId":"alice","walletAddress":"{{Wallet}}","messageCount":2,"budget":{"limits":[]},"createdAt":null,"lastActive":null""";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private FakeSidecar _sidecar = null!;
    private GatewayServer _gateway = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _sidecar = await FakeSidecar.StartAsync();
        _gateway = new GatewayServer(_sidecar, _time);
        _client = _gateway.Client();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _sidecar.DisposeAsync();
    }

    [Theory]
    [InlineData("10000000", "10")]
    [InlineData("0", "0")]
    [InlineData("1", "0.000001")]
    public async Task Balance_IsThatOfTheWallet(string atomic, string amount)
    {
        Answer(200, $$"""{"amountAtomic":"{{atomic}}"}""");
        Assert.Equal(
            Head + $$$""","balance":{"asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","network":"eip155:84532","amountAtomic":"{{{atomic}}}","decimals":6,"amount":"{{{amount}}}"}}""",
            await GetAsync());
        var asked = _sidecar.Calls[1];
        Assert.Equal(("GET", "/v1.0/invoke/payments/method/balances"), (asked.Method, asked.Path));
    }

    [Theory]
    [InlineData(200, """{"reason":"node_timed_out"}""", "node_timed_out")]
    [InlineData(200, """{"reason":"node_of_another_chain"}""", "node_of_another_chain")]
    [InlineData(200, """{"amountAtomic":"-1"}""", "payments_unreachable")]
    [InlineData(200, "{}", "payments_unreachable")]
    [InlineData(200, "no JSON", "payments_unreachable")]
    [InlineData(500, "{}", "payments_unreachable")]
    public async Task UnknownBalance_IsLeftOut_WithTheReason(int status, string body, string reason)
    {
        Answer(status, body);
        Assert.Equal(Head + $$""","balanceReason":"{{reason}}"}""", await GetAsync());
    }

    [Fact]
    public async Task WithoutANode_NothingIsSaid_AndNobodyIsAskedForAMinute()
    {
        Answer(200, """{"reason":"balance_not_configured"}""");
        Assert.Equal(Head + "}", await GetAsync());
        Answer(null, null);
        Assert.Equal(Head + "}", await GetAsync());
        Assert.Equal(3, _sidecar.Calls.Count);
        _time.Advance(TimeSpan.FromSeconds(60));
        Answer(200, """{"amountAtomic":"5"}""");
        Assert.Contains("\"amountAtomic\":\"5\"", await GetAsync(), StringComparison.Ordinal);
    }

    /// <summary>Only the first of them waits, and no longer than the time-out.</summary>
    [Fact]
    public async Task AppThatIsSilent_IsWaitedForOnce_AndLeftAloneThen()
    {
        _sidecar.Then(FakeSidecar.Text(200, Info()), FakeSidecar.Hang);
        var waiting = GetAsync();
        await _sidecar.NextCallAsync();
        await _sidecar.NextCallAsync();
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Head + ""","balanceReason":"payments_unreachable"}""", await waiting);
        Answer(null, null);
        Assert.Equal(Head + ""","balanceReason":"payments_unreachable"}""", await GetAsync());
        _time.Advance(TimeSpan.FromSeconds(5));
        Answer(200, """{"amountAtomic":"5"}""");
        Assert.Contains("\"amountAtomic\":\"5\"", await GetAsync(), StringComparison.Ordinal);
    }

    private static string Info() => $$$"""{"value":{"messageCount":2,"walletAddress":"{{{Wallet}}}"}}""";

    private void Answer(int? status, string? body)
    {
        _sidecar.Then(FakeSidecar.Text(200, Info()));
        if (status is { } known)
            _sidecar.Then(FakeSidecar.Text(known, body!));
    }

    private async Task<string> GetAsync()
    {
        using var response = await _client.GetAsync(new Uri("/agent/alice/info", UriKind.Relative), TestContext.Current.CancellationToken);
        return await response.IsJsonAsync();
    }
}
