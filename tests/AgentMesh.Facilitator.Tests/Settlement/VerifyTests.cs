using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Tests.Settlement;

/// <summary>What is a good payment and what is not, in both versions, with each bound at, one under and one over.</summary>
public sealed class VerifyTests : IAsyncLifetime
{
    private FakeStateStore _store = null!;
    private FacilitatorServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await FakeStateStore.StartAsync();
        _server = new FacilitatorServer(_store);
        await _server.FundAsync(Payments.Buyer.Address, 100_000);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Payments.Versions), MemberType = typeof(Payments))]
    public async Task GoodPayment_IsValid_AndNothingMoves(int version)
    {
        var (status, answer) = await _server.PostAsync("/verify", Payments.Request(version));
        Assert.Equal((200, true), (status, answer.GetProperty("isValid").GetBoolean()));
        Assert.Equal(Payments.Buyer.Address.ToString(), answer.GetProperty("payer").GetString());
        Assert.Equal("100000", await _server.BalanceAsync(Payments.Buyer.Address));
    }

    public static TheoryData<int, string, string?> Bounds()
    {
        var rows = new TheoryData<int, string, string?>();
        foreach (var version in (int[])[1, 2])
        {
            rows.Add(version, "balance at", null);
            rows.Add(version, "balance under", "insufficient_funds");
            rows.Add(version, "validBefore at", null);
            rows.Add(version, "validBefore under", "invalid_exact_evm_payload_authorization_valid_before");
            rows.Add(version, "validAfter at", null);
            rows.Add(version, "validAfter over", "invalid_exact_evm_payload_authorization_valid_after");
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public async Task Bound_IsWhereItIs(int version, string bound, string? reason)
    {
        var authorization = bound switch
        {
            "balance under" => Payments.Authorize("100001"),
            "validBefore at" => Payments.Authorize(validBefore: Payments.Seconds + 6),
            "validBefore under" => Payments.Authorize(validBefore: Payments.Seconds + 5),
            "validAfter at" => Payments.Authorize(validAfter: Payments.Seconds),
            "validAfter over" => Payments.Authorize(validAfter: Payments.Seconds + 1),
            _ => Payments.Authorize(),
        };
        var (status, answer) = await _server.PostAsync("/verify", Payments.Request(version, authorization));
        Assert.Equal((200, reason is null), (status, answer.GetProperty("isValid").GetBoolean()));
        Assert.Equal(reason, answer.TryGetProperty("invalidReason", out var given) ? given.GetString() : null);
    }

    [Theory]
    [InlineData("value", "99999", "_value", "_value_mismatch")]
    [InlineData("value", "100001", "_value", "_value_mismatch")]
    public async Task OtherAmount_IsRefused(string member, string value, string v1, string v2)
    {
        foreach (var version in (int[])[1, 2])
        {
            var request = Payments.Request(version);
            request.Authorization()[member] = value;
            await RefusedAsync(request, "invalid_exact_evm_payload_authorization" + (version == 1 ? v1 : v2));
        }
    }

    [Theory]
    [MemberData(nameof(Payments.Versions), MemberType = typeof(Payments))]
    public async Task TamperedPayment_IsRefusedForWhatIsWrong(int version)
    {
        var other = EvmKey.FromBytes(Convert.FromHexString(new string('1', 64))).Address.ToString();
        await RefusedAsync(Payments.Request(version), "invalid_exact_evm_payload_signature", request => request.Authorization()["from"] = other);
        await RefusedAsync(Payments.Request(version), "invalid_exact_evm_payload_signature", request => request.Authorization()["nonce"] = "0x" + new string('7', 64));
        await RefusedAsync(Payments.Request(version), "invalid_exact_evm_payload_signature", request => request.Authorization()["validBefore"] = $"{Payments.Seconds + 61}");
        await RefusedAsync(Payments.Request(version), "invalid_exact_evm_payload_signature", request => request.Payload()["signature"] = "0x" + new string('1', 130));
        await RefusedAsync(Payments.Request(version), "invalid_exact_evm_payload_signature", request => request.Payload()["signature"] = "0x1234");
        await RefusedAsync(Payments.Request(version), "invalid_exact_evm_payload_recipient_mismatch", request => request.Requirements()["payTo"] = other);
        await RefusedAsync(Payments.Request(version), "invalid_exact_evm_payload_recipient_mismatch", request => request.Authorization()["to"] = other);
        await RefusedAsync(Payments.Request(version), "invalid_exact_evm_token_name_mismatch", request => request.Requirements()["extra"]!["name"] = "USD Coin");
        await RefusedAsync(Payments.Request(version), "invalid_exact_evm_token_version_mismatch", request => request.Requirements()["extra"]!["version"] = "1");
        await RefusedAsync(Payments.Request(version), "invalid_exact_evm_missing_eip712_domain", request => request.Requirements().Remove("extra"));
        await RefusedAsync(Payments.Request(version), "unsupported_scheme", request => request.Requirements()["scheme"] = "upto");
        await RefusedAsync(Payments.Request(version), "invalid_network", request => request.Requirements()["network"] = version == 2 ? "eip155:8453" : "base");
        await RefusedAsync(Payments.Request(version), "invalid_payload", request => request.Payload().Remove("signature"));
        await RefusedAsync(Payments.Request(version), "invalid_payload", request => request.Authorization()["value"] = 100_000);
        await RefusedAsync(Payments.Request(version), "invalid_payment_requirements", request => request["paymentRequirements"] = "none");
        await RefusedAsync(Payments.Request(version), "invalid_x402_version", request => request["x402Version"] = 3 - version);
        await RefusedAsync(Payments.Request(version), "unsupported_payload_type", request => request.Requirements()["extra"]!["assetTransferMethod"] = "permit2");
    }

    [Fact]
    public async Task NetworkThatIsNotServed_IsRefused()
    {
        await RefusedAsync(Payments.Request(2, asset: KnownAssets.UsdcOnBase), "invalid_network");
        await RefusedAsync(Payments.Request(1, asset: KnownAssets.UsdcOnBase), "invalid_network");
    }

    [Fact]
    public async Task OtherNetworks_HaveTheirOwnBalances()
    {
        await using var server = new FacilitatorServer(_store, new KeyValuePair<string, string>("AgentMesh:Facilitator:Networks", "eip155:84532, eip155:8453"));
        var (_, poor) = await server.PostAsync("/verify", Payments.Request(2, asset: KnownAssets.UsdcOnBase));
        Assert.Equal("insufficient_funds", poor.GetProperty("invalidReason").GetString());
        await server.PostAsync("/faucet", new { address = Payments.Buyer.Address.ToString(), network = "eip155:8453" });
        var (_, rich) = await server.PostAsync("/verify", Payments.Request(2, asset: KnownAssets.UsdcOnBase));
        Assert.True(rich.GetProperty("isValid").GetBoolean());
    }

    [Fact]
    public async Task UnknownToken_IsTakenByTheDomainThatTheRequirementsName()
    {
        var token = new TokenAsset(EvmNetwork.BaseSepolia, EvmAddress.Parse("0x" + new string('a', 40)), "TST", "Test", "1", 18);
        await _server.PostAsync("/faucet", new { address = Payments.Buyer.Address.ToString(), asset = token.Address.ToString() });
        var (_, answer) = await _server.PostAsync("/verify", Payments.Request(2, asset: token));
        Assert.True(answer.GetProperty("isValid").GetBoolean());
    }

    private async Task RefusedAsync(JsonObject request, string reason, Action<JsonObject>? change = null)
    {
        change?.Invoke(request);
        var (status, verified) = await _server.PostAsync("/verify", request);
        Assert.Equal((200, false, reason), (status, verified.GetProperty("isValid").GetBoolean(), verified.GetProperty("invalidReason").GetString()));
        var before = _store.Writes;
        var (settledStatus, settled) = await _server.PostAsync("/settle", request);
        Assert.Equal((200, false, reason, ""), (
            settledStatus, settled.GetProperty("success").GetBoolean(), settled.GetProperty("errorReason").GetString(), settled.GetProperty("transaction").GetString()));
        Assert.Equal(before, _store.Writes);
    }
}
