using System.Net;

namespace AgentMesh.Facilitator.Tests.Faults;

/// <summary>What goes wrong when a test says so, and that the money is where the fault leaves it.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private FakeStateStore _store = null!;
    private FacilitatorServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await FakeStateStore.StartAsync();
        _server = new FacilitatorServer(_store, new KeyValuePair<string, string>("AgentMesh:Facilitator:Faults", "true"));
        await _server.FundAsync(Payments.Buyer.Address, 1_000_000);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Theory]
    [InlineData("error_before", "0")]
    [InlineData("error_after", "100000")]
    public async Task Error_IsAProblem_BeforeOrAfterItIsDone(string fault, string moved)
    {
        await ScriptAsync(fault);
        var (status, _) = await _server.PostAsync("/settle", Payments.Request(2));
        Assert.Equal((500, moved), (status, await _server.BalanceAsync(Payments.Seller)));
    }

    [Theory]
    [InlineData("drop_connection", "0")]
    [InlineData("drop_connection_after", "100000")]
    public async Task Connection_BreaksBeforeOrAfterItIsDone(string fault, string moved)
    {
        await ScriptAsync(fault);
        await Assert.ThrowsAnyAsync<Exception>(() => _server.PostAsync("/settle", Payments.Request(2)));
        Assert.Equal(moved, await _server.BalanceAsync(Payments.Seller));
    }

    [Fact]
    public async Task TimeoutAfterSettle_DoesIt_AndNeverAnswers()
    {
        await ScriptAsync("timeout_after_settle");
        var request = Payments.Request(2);
        var (verified, _) = await _server.PostAsync("/verify", request);
        Assert.Equal(200, verified);
        using var patience = new CancellationTokenSource();
        using var content = new StringContent(request.ToJsonString(), null, "application/json");
        var asked = _server.Http.PostAsync("/settle", content, patience.Token);
        while (await _server.BalanceAsync(Payments.Seller) == "0")
            await Task.Yield();
        Assert.False(asked.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        var (_, again) = await _server.PostAsync("/settle", request);
        Assert.True(again.GetProperty("success").GetBoolean());
        Assert.Equal("100000", await _server.BalanceAsync(Payments.Seller));
    }

    [Fact]
    public async Task Slow_WaitsAsLongAsItSays()
    {
        await ScriptAsync("slow:1000");
        var asked = _server.PostAsync("/settle", Payments.Request(2));
        // The fault is taken with the delay's timer on the clock that stands still.
        while ((await ScriptedAsync()) != "[]")
            await Task.Yield();
        _server.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal("0", await _server.BalanceAsync(Payments.Seller));
        while (!asked.IsCompleted)
        {
            _server.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        Assert.True((await asked).Body.GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task Duplicate_IsDoneTwice_AndMovesOnce()
    {
        await ScriptAsync("duplicate");
        var (status, answer) = await _server.PostAsync("/settle", Payments.Request(2));
        Assert.Equal((200, true), (status, answer.GetProperty("success").GetBoolean()));
        Assert.Equal("100000", await _server.BalanceAsync(Payments.Seller));
    }

    [Fact]
    public async Task Faults_ComeInOrder_OneToACall_AndWaitForTheirEndpoint()
    {
        await ScriptAsync("settle:error_before", "verify:error_after", "error_before");
        var request = Payments.Request(2);
        Assert.Equal(200, (await _server.PostAsync("/verify", request)).Status);
        Assert.Equal(500, (await _server.PostAsync("/settle", request)).Status);
        Assert.Equal("""["verify:error_after","error_before"]""", await ScriptedAsync());
        Assert.Equal(500, (await _server.PostAsync("/verify", request)).Status);
        Assert.Equal(500, (await _server.PostAsync("/verify", request)).Status);
        Assert.Equal(200, (await _server.PostAsync("/settle", request)).Status);
        Assert.Equal("[]", await ScriptedAsync());
    }

    [Theory]
    [InlineData("explode")]
    [InlineData("slow")]
    [InlineData("slow:600001")]
    [InlineData("slow:-1")]
    [InlineData("verify:timeout_after_settle")]
    [InlineData("settle:")]
    public async Task UnknownFault_IsRefused(string fault)
    {
        var (status, _) = await _server.PostAsync("/faults", new { faults = new[] { "duplicate", fault } });
        Assert.Equal((400, "[]"), (status, await ScriptedAsync()));
    }

    [Fact]
    public async Task WithoutTheSetting_ThereAreNone()
    {
        await using var server = new FacilitatorServer(_store);
        using var answer = await server.Http.GetAsync("/faults", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task ScriptAsync(params string[] faults) => Assert.Equal(200, (await _server.PostAsync("/faults", new { faults })).Status);

    private async Task<string> ScriptedAsync() =>
        System.Text.Json.JsonElement.Parse(await _server.Http.GetStringAsync("/faults", TestContext.Current.CancellationToken)).GetProperty("faults").GetRawText();
}
