using AgentMesh.Evm;

namespace AgentMesh.Cli.Tests.Funding;

/// <summary>Simulated money for an agent, or plain words why there is none.</summary>
public sealed class FundTests : IAsyncLifetime
{
    private readonly TestTerminal _terminal = new();
    private TestMesh _mesh = null!;

    public async ValueTask InitializeAsync() => _mesh = await TestMesh.StartAsync(_terminal.Time);

    public async ValueTask DisposeAsync()
    {
        await _mesh.DisposeAsync();
        _terminal.Dispose();
    }

    [Theory]
    [InlineData(null, "10", 10_000_000)]
    [InlineData("0.000001", "0.000001", 1)]
    [InlineData("2.50", "2.5", 2_500_000)]
    public async Task Agent_GetsWhatIsAsked(string? amount, string shown, long atomic)
    {
        string[] more = amount is null ? [] : ["--amount", amount];
        var ran = await FundAsync("alice", more);
        Assert.Equal((0, ""), (ran.ExitCode, ran.Error));
        Assert.Contains($"gave {shown} simulated USDC on eip155:84532 to alice's wallet {_mesh.AliceWallet}, which has {shown} now", ran.Output, StringComparison.Ordinal);
        Assert.Equal(atomic, _mesh.BalanceOf(EvmAddress.Parse(_mesh.AliceWallet!)));
        await FundAsync("alice", more);
        Assert.Equal(2 * atomic, _mesh.BalanceOf(EvmAddress.Parse(_mesh.AliceWallet!)));
    }

    /// <summary>Where agents have owners, the owner's token finds the wallet; the faucet does not get to see it.</summary>
    [Fact]
    public async Task Token_IsTheGatewaysAlone()
    {
        await using var gateway = await StubGateway.StartAsync(200, $$"""{"userId":"alice","walletAddress":"{{_mesh.AliceWallet}}"}""");
        await using var faucet = await StubGateway.StartAsync(404, "");
        _terminal.Token = "amk_one_two_three";
        Assert.Equal(3, (await _terminal.RunAsync("fund", "alice", "--url", gateway.Url, "--facilitator", faucet.Url)).ExitCode);
        Assert.Equal(["Bearer amk_one_two_three"], gateway.Tokens);
        Assert.All(faucet.Tokens, token => Assert.Equal("", token));
        Assert.NotEmpty(faucet.Tokens);
    }

    [Fact]
    public async Task LostAnswer_IsNoSecondGift()
    {
        _mesh.LosesFirstGift = true;
        Assert.Equal(0, (await FundAsync("alice")).ExitCode);
        Assert.Equal((2, 10_000_000), (_mesh.FaucetCalls, (int)_mesh.BalanceOf(EvmAddress.Parse(_mesh.AliceWallet!))));
    }

    [Fact]
    public async Task AgentThatWasNeverUsed_HasNoWallet()
    {
        _mesh.AliceWallet = null;
        var ran = await FundAsync("alice");
        Assert.Equal(3, ran.ExitCode);
        Assert.Contains($"alice's agent has no wallet yet: it is made with the first message. Send one: curl {_mesh.Url}agent/alice/message", ran.Error, StringComparison.Ordinal);
        Assert.Equal(0, _mesh.FaucetCalls);
    }

    [Theory]
    [InlineData(404, 3, "has no faucet")]
    [InlineData(401, 3, "has no faucet")]
    [InlineData(400, 3, "The faucet says: amount is not 1 to 100000000")]
    [InlineData(503, 3, "The faucet says:")]
    public async Task FaucetThatDoesNotGive_IsExplained(int status, int exitCode, string text)
    {
        _mesh.FaucetStatus = status;
        var ran = await FundAsync("alice");
        Assert.Equal(exitCode, ran.ExitCode);
        Assert.Contains(text, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyThere_IsExplained()
    {
        var gateway = await _terminal.RunAsync("fund", "alice", "--gateway", "http://127.0.0.1:1");
        Assert.Equal(1, gateway.ExitCode);
        Assert.Contains("the gateway is not reached at http://127.0.0.1:1/, or its answer was lost. Start the mesh", gateway.Error, StringComparison.Ordinal);
        var facilitator = await _terminal.RunAsync("fund", "alice", "--gateway", $"{_mesh.Url}", "--facilitator", "http://127.0.0.1:1");
        Assert.Equal(1, facilitator.ExitCode);
        Assert.Contains("The facilitator is not reached at http://127.0.0.1:1/", facilitator.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 3)]
    public async Task ReadyFile_SaysWhereAllIs(bool hasFacilitator, int exitCode)
    {
        var app = hasFacilitator ? $$"""{"id":"facilitator","pid":1,"appPort":{{_mesh.Url.Port}}}""" : """{"id":"agents","pid":1,"appPort":1}""";
        var file = _terminal.Write("ready.json", $$"""{"gateway":"{{_mesh.Url}}","gateways":[],"apps":[{{app}}]}""");
        var ran = await _terminal.RunAsync("fund", "alice", "--ready-file", file);
        Assert.Equal(exitCode, ran.ExitCode);
        Assert.Equal(!hasFacilitator, ran.Error.Contains("runs no facilitator of its own", StringComparison.Ordinal));
    }

    private Task<Ran> FundAsync(string user, params string[] more) => _terminal.RunAsync(["fund", user, "--gateway", $"{_mesh.Url}", "--facilitator", $"{_mesh.Url}", .. more]);
}
