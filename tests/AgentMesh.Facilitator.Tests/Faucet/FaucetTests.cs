namespace AgentMesh.Facilitator.Tests.Faucet;

/// <summary>Simulated tokens for whoever asks on this machine, once for each key.</summary>
public sealed class FaucetTests : IAsyncLifetime
{
    private FakeStateStore _store = null!;
    private FacilitatorServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await FakeStateStore.StartAsync();
        _server = new FacilitatorServer(_store);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Gift_IsTenUsdc()
    {
        var (status, answer) = await _server.PostAsync("/faucet", new { address = Payments.Seller.ToString() });
        Assert.Equal(200, status);
        Assert.Equal(
            ("10000000", "10000000", "eip155:84532", "0x036CbD53842c5426634e7929541eC2318f3dCF7e"),
            (answer.GetProperty("amount").GetString(), answer.GetProperty("balance").GetString(), answer.GetProperty("network").GetString(), answer.GetProperty("asset").GetString()));
        await _server.PostAsync("/faucet", new { address = Payments.Seller.ToString(), amount = "1" });
        Assert.Equal("10000001", await _server.BalanceAsync(Payments.Seller));
    }

    [Fact]
    public async Task GiftWithAKey_IsGivenOnce()
    {
        var body = new { address = Payments.Seller.ToString(), amount = "5" };
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _server.PostAsync("/faucet", body, "k1")));
        Assert.Single(answers.Select(answer => answer.Body.GetRawText()).Distinct());
        Assert.Equal("5", await _server.BalanceAsync(Payments.Seller));
        var (_, second) = await _server.PostAsync("/faucet", body, "k2");
        Assert.Equal("10", second.GetProperty("balance").GetString());
        var (status, problem) = await _server.PostAsync("/faucet", body with { amount = "6" }, "k1");
        Assert.Equal((409, "urn:agentmesh:problem:idempotency_key_reused"), (status, problem.GetProperty("type").GetString()));
        Assert.Equal("10", await _server.BalanceAsync(Payments.Seller));
    }

    [Theory]
    [InlineData("1", 200)]
    [InlineData("0", 400)]
    [InlineData("100000000", 200)]
    [InlineData("100000001", 400)]
    [InlineData("1.5", 400)]
    [InlineData("-1", 400)]
    public async Task Amount_IsBounded(string amount, int status)
    {
        var (answered, _) = await _server.PostAsync("/faucet", new { address = Payments.Seller.ToString(), amount });
        Assert.Equal(status, answered);
        Assert.Equal(status == 200 ? amount : "0", await _server.BalanceAsync(Payments.Seller));
    }

    [Theory]
    [InlineData("""{}""", "invalid_request")]
    [InlineData("""{"address":"0x12"}""", "invalid_request")]
    [InlineData("""{"address":"0x0000000000000000000000000000000000000000"}""", "invalid_request")]
    [InlineData("""{"address":"0x1343558b1e48Ee16260e386DBEE4693902DB77c4","network":"eip155:1"}""", "invalid_request")]
    [InlineData("""{"address":"0x1343558b1e48Ee16260e386DBEE4693902DB77c4","asset":"USDC"}""", "invalid_request")]
    [InlineData("""{"address":"0x1343558b1e48Ee16260e386DBEE4693902DB77c4","amount":5}""", "invalid_json")]
    [InlineData("""null""", "invalid_request")]
    [InlineData("""{""", "invalid_json")]
    public async Task OtherBodies_AreRefused(string body, string code)
    {
        using var content = new StringContent(body, null, "application/json");
        using var answer = await _server.Http.PostAsync("/faucet", content, TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains(code, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public async Task KeyThatIsNone_IsRefused()
    {
        var (status, _) = await _server.PostAsync("/faucet", new { address = Payments.Seller.ToString() }, new string('k', 129));
        Assert.Equal(400, status);
        (status, _) = await _server.PostAsync("/faucet", new { address = Payments.Seller.ToString() }, new string('k', 128));
        Assert.Equal(200, status);
    }
}
