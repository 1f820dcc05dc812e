using System.Text.Json;

namespace AgentMesh.Cli.Tests.Buying;

/// <summary>A person pays from the terminal.</summary>
public sealed class PayTests : IAsyncLifetime
{
    private const string Body = """{"query":"Is it so?"}""";

    private readonly TestTerminal _terminal = new();
    private TestMesh _mesh = null!;

    public async ValueTask InitializeAsync() => _mesh = await TestMesh.StartAsync(_terminal.Time);

    public async ValueTask DisposeAsync()
    {
        await _mesh.DisposeAsync();
        _terminal.Dispose();
    }

    [Fact]
    public async Task FirstPurchase_MakesAKey_AsksTheFaucet_AndShowsWhatIsPaid()
    {
        var ran = await PayAsync();
        Assert.Equal((0, ""), (ran.ExitCode, ran.Error));
        Assert.Contains($"with a new key in {_terminal.KeyFile}", ran.Output, StringComparison.Ordinal);
        Assert.Contains("x402 version 2: 0.1 USDC on eip155:84532 to 0x1343558b1e48Ee16260e386DBEE4693902DB77c4", ran.Output, StringComparison.Ordinal);
        Assert.Contains("x402 version 1: 0.1 USDC on base-sepolia", ran.Output, StringComparison.Ordinal);
        Assert.Contains("had 0 USDC, got 10 simulated", ran.Output, StringComparison.Ordinal);
        Assert.Contains("value       100000 (0.1 USDC)", ran.Output, StringComparison.Ordinal);
        Assert.Contains("""{"analysis":"of """, ran.Output, StringComparison.Ordinal);
        Assert.Contains("settled     transaction 0x", ran.Output, StringComparison.Ordinal);
        Assert.Equal([Body, Body], _mesh.Bodies);
        Assert.Equal((1, 1), (_mesh.Settlements, _mesh.Gifts));
        Assert.Empty(_terminal.Unfinished);
    }

    [Fact]
    public async Task SecondPurchase_IsAnotherPayment_OfTheSameKey_WithoutTheFaucet()
    {
        var first = await PayJsonAsync();
        var second = await PayJsonAsync();
        Assert.Equal(first.GetProperty("payer").GetString(), second.GetProperty("payer").GetString());
        Assert.NotEqual(Transaction(first), Transaction(second));
        Assert.Equal((2, 1), (_mesh.Settlements, _mesh.Gifts));
    }

    [Fact]
    public async Task Json_IsOneObject_WithAllThatWasPaid()
    {
        var ran = await PayAsync("--json");
        Assert.Single(ran.Output.TrimEnd('\n').Split('\n'));
        var json = JsonElement.Parse(ran.Output);
        Assert.Equal(("paid", 200), (json.GetProperty("outcome").GetString(), json.GetProperty("status").GetInt32()));
        Assert.StartsWith("of ", json.GetProperty("body").GetProperty("analysis").GetString(), StringComparison.Ordinal);
        var payment = json.GetProperty("payment");
        Assert.Equal(
            (2, "eip155:84532", "100000", "0.1", "0x1343558b1e48Ee16260e386DBEE4693902DB77c4"),
            (payment.GetProperty("x402Version").GetInt32(), payment.GetProperty("network").GetString(), payment.GetProperty("amountAtomic").GetString(),
                payment.GetProperty("amount").GetString(), payment.GetProperty("payTo").GetString()));
        Assert.Equal($"0x{payment.GetProperty("id").GetString()}", Transaction(json));
        Assert.Equal(json.GetProperty("payer").GetString(), json.GetProperty("settlement").GetProperty("payer").GetString());
        Assert.False(json.TryGetProperty("refusal", out _));
    }

    [Fact]
    public async Task SellerOfVersion1_IsPaidInVersion1()
    {
        _mesh.IsVersion1 = true;
        var ran = await PayAsync();
        Assert.Equal(0, ran.ExitCode);
        Assert.Contains("X-PAYMENT, payment", ran.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("version 2:", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsFree_IsNotPaid_AndMovesNoCursor()
    {
        var ran = await _terminal.RunAsync("pay", "/free", "--gateway", $"{_mesh.Url}");
        Assert.Equal(0, ran.ExitCode);
        Assert.Contains(@"nothing to pay \u001b[2J\u202e", ran.Output, StringComparison.Ordinal);
        Assert.Equal(0, _mesh.FaucetCalls);
        var json = JsonElement.Parse((await _terminal.RunAsync("pay", $"{_mesh.Url}free", "--json")).Output);
        Assert.Equal("free", json.GetProperty("outcome").GetString());
        Assert.False(json.TryGetProperty("payment", out _));
    }

    [Theory]
    [InlineData("0.099999", 3)]
    [InlineData("0.1", 0)]
    [InlineData("0.100001", 0)]
    [InlineData("0", 3)]
    public async Task Cap_IsKept_BeforeAnythingIsSigned(string max, int exitCode)
    {
        var ran = await PayAsync("--max", max);
        Assert.Equal(exitCode, ran.ExitCode);
        if (exitCode == 0)
            return;
        Assert.Contains("payment_amount_over_cap", ran.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was signed. --max allows more.", ran.Error, StringComparison.Ordinal);
        Assert.Equal((0, 0), (_mesh.Payments.Count, _mesh.FaucetCalls));
        Assert.Empty(_terminal.Unfinished);
    }

    [Fact]
    public async Task CapWithoutAWord_IsOneDollar()
    {
        _mesh.PriceCents = 101;
        Assert.Equal(3, (await PayAsync()).ExitCode);
        _mesh.PriceCents = 100;
        Assert.Equal(0, (await PayAsync()).ExitCode);
    }

    [Fact]
    public async Task OtherNetwork_IsPaidOnlyWhenItIsNamed()
    {
        var ran = await PayAsync("--network", "eip155:8453");
        Assert.Equal(3, ran.ExitCode);
        Assert.Contains("payment_asset_not_allowed", ran.Output, StringComparison.Ordinal);
        Assert.Contains("--network names another network", ran.Error, StringComparison.Ordinal);
        Assert.Empty(_mesh.Payments);
    }

    [Fact]
    public async Task PriceAboveTheUsualGift_IsAskedForInFull()
    {
        _mesh.PriceCents = 2_500;
        var ran = await PayAsync("--max", "30");
        Assert.Equal(0, ran.ExitCode);
        Assert.Contains("got 25 simulated", ran.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "faucet_missing")]
    [InlineData(401, "faucet_missing")]
    [InlineData(400, "faucet_refused: The faucet says: amount is not 1 to 100000000 atomic units")]
    public async Task WithoutMoney_NothingIsSigned(int status, string refusal)
    {
        _mesh.FaucetStatus = status;
        var ran = await PayAsync();
        Assert.Equal(3, ran.ExitCode);
        Assert.Contains(refusal, ran.Output, StringComparison.Ordinal);
        Assert.Empty(_mesh.Payments);
        Assert.Empty(_terminal.Unfinished);
    }

    [Fact]
    public async Task ChainThatIsNotThere_IsNoReasonNotToAskTheSeller()
    {
        var ran = await _terminal.RunAsync("pay", TestMesh.Path, "--gateway", $"{_mesh.Url}", "--facilitator", "http://127.0.0.1:1", "--body", Body);
        // The buyer has nothing, as the seller finds.
        Assert.Equal(3, ran.ExitCode);
        Assert.Contains("does not say what the buyer has", ran.Error, StringComparison.Ordinal);
        Assert.Contains("insufficient_funds", ran.Output, StringComparison.Ordinal);
        Assert.Contains("is not known here", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nothing", 3, "http_404")]
    [InlineData("/away", 3, "https://elsewhere.example/, which is not followed")]
    [InlineData("/broken", 1, "http_500")]
    public async Task AnswerThatIsNone_IsShown(string path, int exitCode, string text)
    {
        var ran = await _terminal.RunAsync("pay", path, "--gateway", $"{_mesh.Url}");
        Assert.Equal(exitCode, ran.ExitCode);
        Assert.Contains(text, ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AgentThatWasNeverUsed_SellsNothing_AndTheWayOutIsShown()
    {
        var ran = await _terminal.RunAsync("pay", "/agent/bob/premium/analysis", "--gateway", $"{_mesh.Url}", "--body", Body);
        Assert.Equal(3, ran.ExitCode);
        Assert.Contains($"An agent sells from its first message on. Send one: curl {_mesh.Url}agent/bob/message", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyThere_IsAFailure_InJsonToo()
    {
        var ran = await _terminal.RunAsync("pay", "http://127.0.0.1:1/x", "--json");
        Assert.Equal(1, ran.ExitCode);
        var json = JsonElement.Parse(ran.Output);
        Assert.Equal(("failed", "not_reached"), (json.GetProperty("outcome").GetString(), json.GetProperty("refusal").GetProperty("code").GetString()));
    }

    [Fact]
    public async Task KeyAndSignature_AreNeverPrinted()
    {
        _mesh.Faults.Enqueue(Fault.UnknownNow);
        await PayAsync();
        await PayAsync("--json");
        await PayAsync("--max", "0");
        var key = (await File.ReadAllTextAsync(_terminal.KeyFile, TestContext.Current.CancellationToken)).Trim();
        Assert.Equal(64, key.Length);
        Assert.DoesNotContain(key, _terminal.Everything, StringComparison.OrdinalIgnoreCase);
        Assert.All(_mesh.Payments, payment => Assert.DoesNotContain(payment, _terminal.Everything, StringComparison.Ordinal));
        Assert.All(_mesh.Payments, payment =>
        {
            var signature = JsonElement.Parse(Convert.FromBase64String(payment)).GetProperty("payload").GetProperty("signature").GetString()!;
            Assert.DoesNotContain(signature[..20], _terminal.Everything, StringComparison.OrdinalIgnoreCase);
        });
        Assert.NotEmpty(_mesh.Payments);
    }

    private static string? Transaction(JsonElement json) => json.GetProperty("settlement").GetProperty("transaction").GetString();

    private Task<Ran> PayAsync(params string[] more) =>
        _terminal.RunAsync(["pay", TestMesh.Path, "--gateway", $"{_mesh.Url}", "--facilitator", $"{_mesh.Url}", "--body", Body, .. more]);

    private async Task<JsonElement> PayJsonAsync() => JsonElement.Parse((await PayAsync("--json")).Output);
}
