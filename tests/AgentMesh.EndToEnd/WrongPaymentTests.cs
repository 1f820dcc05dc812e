using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.AspNetCore.Tests.Fakes;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.EndToEnd;

/// <summary>Payments that buy nothing of alice's agent, through the whole mesh: each is refused with its reason, and nothing is done for any.</summary>
[Collection(nameof(UntouchedMeshes))]
public sealed class WrongPaymentTests(UntouchedMeshes meshes) : IAsyncLifetime
{
    private const ulong Gift = 1_000_000;
    private const ulong Price = 100_000;

    // Of one test: the mesh is that of all.
    private readonly string _alice = $"alice-{Guid.NewGuid():N}";
    private readonly string _bob = $"bob-{Guid.NewGuid():N}";
    private readonly EvmKey _buyer = EvmKey.FromBytes(RandomNumberGenerator.GetBytes(EvmKey.Length));
    private Mesh _mesh = null!;
    private AgentClient _client = null!;

    private string Path => $"/agent/{_alice}/premium/analysis";

    private string OtherPath => $"/agent/{_bob}/premium/analysis";

    public async ValueTask InitializeAsync()
    {
        _mesh = await meshes.OnAsync(StoreKind.Embedded);
        _client = new AgentClient(_mesh.Ready.Gateway);
        foreach (var seller in (string[])[_alice, _bob])
            await _client.PostAsync(seller, "hello");
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _buyer.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task WrongPayments_AreRefusedWithTheirReason_AndNothingIsDone()
    {
        using var facilitator = new FacilitatorClient(_mesh);
        await facilitator.FundAsync(_buyer.Address, $"{Gift}", $"gift-{_buyer.Address}");
        foreach (var (wrong, v1, v2) in WrongPayments.All.Select(row => row.Data))
        {
            if (v1 is not null)
                Assert.Equal((wrong, v1), (wrong, await RefusedAsync(wrong, X402Version.V1)));
            if (v2 is not null)
                Assert.Equal((wrong, v2), (wrong, await RefusedAsync(wrong, X402Version.V2)));
        }

        await AssertNothingAsync(facilitator);
    }

    /// <summary>A payment that is good for bob's agent; in version 1 its payee alone tells.</summary>
    [Theory]
    [InlineData(1, X402Reasons.RecipientMismatch)]
    [InlineData(2, X402Reasons.NoMatchingPaymentRequirements)]
    public async Task APaymentForAnotherAgent_BuysNothing_AndBuysOfThatAgentStill(int version, string reason)
    {
        using var facilitator = new FacilitatorClient(_mesh);
        await facilitator.FundAsync(_buyer.Address, $"{Gift}", $"gift-{_buyer.Address}");
        var payment = Sign(await TermsAsync(OtherPath, version));
        using var wrong = await PostAsync(Path, payment.HeaderName, payment.HeaderValue);
        Assert.Equal((HttpStatusCode.PaymentRequired, reason), (wrong.StatusCode, await ReasonAsync(wrong)));
        await AssertNothingAsync(facilitator);
        using var right = await PostAsync(OtherPath, payment.HeaderName, payment.HeaderValue);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    /// <summary>Spent is spent, whatever it is sent for, and in whichever of the versions' headers.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task AReplay_ForOtherWords_AnotherAgentOrWithOtherBytes_BuysNothingMore(int version)
    {
        using var facilitator = new FacilitatorClient(_mesh);
        await facilitator.FundAsync(_buyer.Address, $"{Gift}", $"gift-{_buyer.Address}");
        var payment = Sign(await TermsAsync(Path, version));
        using var bought = await PostAsync(Path, payment.HeaderName, payment.HeaderValue);
        Assert.Equal(HttpStatusCode.OK, bought.StatusCode);
        var executed = (await _client.InfoAsync(_alice)).GetProperty("messageCount").GetInt64();
        var forged = WrongPayments.Edit(payment, json => WrongPayments.Change(json["payload"]!.AsObject(), "signature"));
        foreach (var (path, value, query) in new[] { (Path, payment.HeaderValue, "another"), (OtherPath, payment.HeaderValue, "is it so?"), (Path, forged, "is it so?") })
        {
            using var again = await PostAsync(path, payment.HeaderName, value, query);
            Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        }

        using var same = await PostAsync(Path, payment.HeaderName, payment.HeaderValue);
        Assert.Equal(await TextAsync(bought), await TextAsync(same));
        Assert.Equal(executed, (await _client.InfoAsync(_alice)).GetProperty("messageCount").GetInt64());
        Assert.Equal((UInt256)(Gift - Price), await facilitator.BalanceAsync(_buyer.Address));
    }

    private async Task<string?> RefusedAsync(string wrong, int version)
    {
        var (header, value) = WrongPayments.Make(wrong, await TermsAsync(Path, version), _buyer, DateTimeOffset.UtcNow);
        using var answer = await PostAsync(Path, header, value);
        Assert.True(answer.StatusCode == HttpStatusCode.PaymentRequired, $"{wrong}, version {version}: {answer.StatusCode} {await TextAsync(answer)}");
        return await ReasonAsync(answer);
    }

    private async Task AssertNothingAsync(FacilitatorClient facilitator)
    {
        Assert.Equal((UInt256)Gift, await facilitator.BalanceAsync(_buyer.Address));
        foreach (var seller in (string[])[_alice, _bob])
        {
            var info = await _client.InfoAsync(seller);
            Assert.Equal(2, info.GetProperty("messageCount").GetInt64());
            Assert.Equal((UInt256)0UL, await facilitator.BalanceAsync(EvmAddress.Parse(info.GetProperty("walletAddress").GetString()!)));
        }
    }

    private async Task<PaymentRequired> TermsAsync(string path, int version)
    {
        using var answer = await PostAsync(path, null, null);
        return PaymentRequiredAnswer.Read(
            version == X402Version.V2 ? answer.Headers.GetValues(PaymentHeaderNames.PaymentRequired).Single() : null,
            await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Value!;
    }

    private SignedPayment Sign(PaymentRequired terms)
    {
        var choice = PaymentChooser.Choose(terms, new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, (UInt256)Price)] });
        return PaymentSigner.Sign(terms, choice.Value!, _buyer, RandomNumberGenerator.Create(), DateTimeOffset.UtcNow).Value!;
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string? header, string? value, string query = "is it so?")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(new { query }) };
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, value);
        return await _client.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<string?> ReasonAsync(HttpResponseMessage answer) =>
        PaymentRequiredAnswer.Read(answer.Headers.GetValues(PaymentHeaderNames.PaymentRequired).Single(), await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Value!.Reason;

    private static Task<string> TextAsync(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
