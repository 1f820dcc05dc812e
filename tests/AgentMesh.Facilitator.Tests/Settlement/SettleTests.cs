using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Tests.Settlement;

/// <summary>Money moves once for each authorization, however often and however many at a time it is asked for.</summary>
public sealed class SettleTests : IAsyncLifetime
{
    private FakeStateStore _store = null!;
    private FacilitatorServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await FakeStateStore.StartAsync();
        _server = new FacilitatorServer(_store);
        await _server.FundAsync(Payments.Buyer.Address, 1_000_000);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Theory]
    [InlineData(1, "base-sepolia")]
    [InlineData(2, "eip155:84532")]
    public async Task Settle_MovesTheAmount_AndSaysTheTransaction(int version, string network)
    {
        var authorization = Payments.Authorize();
        var (status, answer) = await _server.PostAsync("/settle", Payments.Request(version, authorization));
        Assert.Equal(200, status);
        Assert.Equal(
            $$"""{"success":true,"transaction":"{{HashOf(authorization)}}","network":"{{network}}","payer":"{{Payments.Buyer.Address}}"}""", answer.GetRawText());
        Assert.Equal(("900000", "100000"), (await _server.BalanceAsync(Payments.Buyer.Address), await _server.BalanceAsync(Payments.Seller)));
    }

    [Theory]
    [MemberData(nameof(Payments.Versions), MemberType = typeof(Payments))]
    public async Task Repeat_GetsTheSameAnswer_AndMovesNothing_AlsoAfterItHasExpired(int version)
    {
        var request = Payments.Request(version);
        var (_, first) = await _server.PostAsync("/settle", request);
        var (_, again) = await _server.PostAsync("/settle", request);
        _server.Time.Advance(TimeSpan.FromHours(1));
        var (_, late) = await _server.PostAsync("/settle", request);
        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Equal(first.GetRawText(), late.GetRawText());
        Assert.Equal("100000", await _server.BalanceAsync(Payments.Seller));
        // Only settling is idempotent: a used payment is no good one for a second sale.
        _server.Time.AdjustTime(Payments.Now);
        var (_, verified) = await _server.PostAsync("/verify", request);
        Assert.Equal("invalid_exact_evm_nonce_already_used", verified.GetProperty("invalidReason").GetString());
    }

    [Fact]
    public async Task RepeatThatIsNotTheSame_IsNoRepeat()
    {
        var authorization = Payments.Authorize();
        var request = Payments.Request(2, authorization);
        await _server.PostAsync("/settle", request);
        request.Payload()["signature"] = "0x" + new string('1', 130);
        await FailsAsync(request, "invalid_exact_evm_payload_signature");
        _server.Time.Advance(TimeSpan.FromHours(1));
        await FailsAsync(request, "invalid_exact_evm_payload_authorization_valid_before");
        _server.Time.AdjustTime(Payments.Now);
        await FailsAsync(Payments.Request(2, authorization with { ValidBefore = (ulong)Payments.Seconds + 61 }), "invalid_exact_evm_nonce_already_used");
        await FailsAsync(Payments.Request(1, authorization with { Value = 1 }), "invalid_exact_evm_nonce_already_used");
        Assert.Equal("100000", await _server.BalanceAsync(Payments.Seller));
    }

    [Fact]
    public async Task RepeatInTheOtherVersion_IsTheSamePayment()
    {
        var authorization = Payments.Authorize();
        var (_, first) = await _server.PostAsync("/settle", Payments.Request(2, authorization));
        var (_, second) = await _server.PostAsync("/settle", Payments.Request(1, authorization));
        Assert.Equal(first.GetProperty("transaction").GetString(), second.GetProperty("transaction").GetString());
        Assert.Equal("100000", await _server.BalanceAsync(Payments.Seller));
    }

    [Fact]
    public async Task HundredAtOnce_OfOneAuthorization_AreOneTransfer()
    {
        var request = Payments.Request(2).ToJsonString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _server.PostAsync("/settle", System.Text.Json.JsonElement.Parse(request))));
        Assert.Single(answers.Select(answer => answer.Body.GetRawText()).Distinct());
        Assert.True(answers[0].Body.GetProperty("success").GetBoolean());
        Assert.Equal(("900000", "100000"), (await _server.BalanceAsync(Payments.Buyer.Address), await _server.BalanceAsync(Payments.Seller)));
    }

    [Fact]
    public async Task FiftyAtOnce_OfAPayerWhoHasEnoughForThirty_AreThirtyTransfers()
    {
        var poor = EvmKey.FromBytes(Convert.FromHexString(new string('2', 64)));
        await _server.FundAsync(poor.Address, 30 * 100_000 + 99_999);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _server.PostAsync("/settle", Payments.Request(2, Payments.Authorize(from: poor.Address), key: poor))));
        Assert.Equal(30, answers.Count(answer => answer.Body.GetProperty("success").GetBoolean()));
        Assert.All(
            answers.Where(answer => !answer.Body.GetProperty("success").GetBoolean()),
            answer => Assert.Equal("insufficient_funds", answer.Body.GetProperty("errorReason").GetString()));
        Assert.Equal(("99999", "3000000"), (await _server.BalanceAsync(poor.Address), await _server.BalanceAsync(Payments.Seller)));
    }

    [Fact]
    public async Task PayingOneself_UsesTheNonce_AndMovesNothing()
    {
        var authorization = Payments.Authorize(to: Payments.Buyer.Address);
        var (_, answer) = await _server.PostAsync("/settle", Payments.Request(2, authorization));
        Assert.True(answer.GetProperty("success").GetBoolean());
        Assert.Equal("1000000", await _server.BalanceAsync(Payments.Buyer.Address));
        await FailsAsync(Payments.Request(2, authorization with { ValidAfter = 1 }), "invalid_exact_evm_nonce_already_used");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Sum_IsAUInt256(int over, bool fits)
    {
        await _server.FundAsync(Payments.Seller, new UInt256(UInt256.MaxValue.Value - 100_000 + over));
        var (_, answer) = await _server.PostAsync("/settle", Payments.Request(2));
        Assert.Equal(fits, answer.GetProperty("success").GetBoolean());
        if (!fits)
            Assert.Equal("invalid_transaction_state", answer.GetProperty("errorReason").GetString());
        Assert.Equal(fits ? "900000" : "1000000", await _server.BalanceAsync(Payments.Buyer.Address));
    }

    [Fact]
    public async Task WholeBalanceOfAllThereIs_CanBePaid()
    {
        var rich = EvmKey.FromBytes(Convert.FromHexString(new string('3', 64)));
        await _server.FundAsync(rich.Address, UInt256.MaxValue);
        var (_, answer) = await _server.PostAsync("/settle", Payments.Request(2, Payments.Authorize(UInt256.MaxValue.ToString(), from: rich.Address), key: rich));
        Assert.True(answer.GetProperty("success").GetBoolean());
        Assert.Equal(("0", UInt256.MaxValue.ToString()), (await _server.BalanceAsync(rich.Address), await _server.BalanceAsync(Payments.Seller)));
    }

    [Fact]
    public async Task OtherProcess_KnowsWhatWasSettled()
    {
        var request = Payments.Request(2);
        var (_, first) = await _server.PostAsync("/settle", request);
        await using var restarted = new FacilitatorServer(_store);
        var (_, again) = await restarted.PostAsync("/settle", request);
        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Equal("100000", await restarted.BalanceAsync(Payments.Seller));
    }

    private static string HashOf(AgentMesh.Evm.Tokens.TransferWithAuthorization authorization)
    {
        var chain = new byte[32];
        UInt256.FromUInt64(84_532).CopyTo(chain);
        var digest = authorization.CalculateDigest(KnownAssets.UsdcOnBaseSepolia.Domain);
        return Keccak256.CalculateHash([.. chain, .. authorization.Nonce.ToArray(), .. digest.ToArray()]).ToString();
    }

    private async Task FailsAsync(System.Text.Json.Nodes.JsonObject request, string reason)
    {
        var (status, answer) = await _server.PostAsync("/settle", request);
        Assert.Equal((200, false, reason), (status, answer.GetProperty("success").GetBoolean(), answer.GetProperty("errorReason").GetString()));
    }
}
