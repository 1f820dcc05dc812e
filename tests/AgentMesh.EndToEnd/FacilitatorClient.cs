using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Evm.Rpc;
using AgentMesh.Evm.Signing;
using AgentMesh.Evm.Tokens;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.EndToEnd;

/// <summary>Calls the facilitator as the payments app does: by service invocation, through a sidecar.</summary>
internal sealed class FacilitatorClient : IDisposable
{
    private static readonly TokenAsset Usdc = KnownAssets.UsdcOnBaseSepolia;

    private readonly HttpClient _http;

    public FacilitatorClient(Mesh mesh)
    {
        // Any sidecar but the own ones, of which there may be several.
        var port = mesh.Ready.Apps.First(app => app.Id == "gateway").DaprHttpPort;
        _http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/v1.0/invoke/facilitator/method/")) };
        _http.DefaultRequestHeaders.Add("dapr-api-token", Mesh.DaprToken);
        Node = new EvmRpcClient(_http, new Uri(_http.BaseAddress, "rpc"), new EvmRpcOptions(), TimeProvider.System);
    }

    /// <summary>The simulated chain.</summary>
    public EvmRpcClient Node { get; }

    /// <summary>A settlement of one payment in its bytes, to be sent as often as it takes.</summary>
    public static byte[] Sign(EvmKey buyer, EvmAddress seller, ulong amount, Bytes32 nonce)
    {
        var authorization = new TransferWithAuthorization(
            buyer.Address, seller, amount, 0UL, UInt256.FromUInt64((ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600), nonce);
        var requirements = new PaymentRequirementsV2(
            "exact", Usdc.Network.ToString(), authorization.Value.ToString(), Usdc.Address.ToString(), seller.ToString(), 3600,
            JsonSerializer.SerializeToElement(new { name = Usdc.Name, version = Usdc.Version }));
        var payload = JsonSerializer.SerializeToElement(new
        {
            signature = buyer.Sign(authorization.CalculateDigest(Usdc.Domain)).ToHex(),
            authorization = new
            {
                from = authorization.From.ToString(),
                to = authorization.To.ToString(),
                value = authorization.Value.ToString(),
                validAfter = authorization.ValidAfter.ToString(),
                validBefore = authorization.ValidBefore.ToString(),
                nonce = authorization.Nonce.ToString(),
            },
        });
        return FacilitatorJson.Write(new SettleRequest(2, new PaymentPayloadV2(payload, requirements), requirements));
    }

    /// <summary>Settles until there is an answer: whatever is none is asked again.</summary>
    public async Task<SettleResponse> SettleAsync(byte[] request)
    {
        while (true)
        {
            if (await TryPostAsync("settle", request) is { } body)
            {
                var answer = FacilitatorJson.ReadSettleResponse(body);
                Assert.False(answer.IsRefused);
                return answer.Value;
            }
        }
    }

    /// <summary>Gives USDC, once for a key.</summary>
    public async Task FundAsync(EvmAddress owner, string amount, string key)
    {
        while (true)
        {
            if (await TryPostAsync("faucet", JsonSerializer.SerializeToUtf8Bytes(new { address = owner.ToString(), amount }), key) is not null)
                return;
        }
    }

    /// <summary>What goes wrong with the next calls; the facilitator has to be started with <c>AgentMesh__Facilitator__Faults=true</c>.</summary>
    public async Task ScriptAsync(params string[] faults) =>
        Assert.NotNull(await TryPostAsync("faults", JsonSerializer.SerializeToUtf8Bytes(new { faults })));

    /// <summary>What an account has of USDC.</summary>
    public async Task<UInt256> BalanceAsync(EvmAddress owner)
    {
        var word = await Node.CallAsync(Usdc.Address, Erc20.BalanceOf(owner), BlockParameter.Latest, TestContext.Current.CancellationToken);
        return new UInt256(word);
    }

    /// <summary>Waits until an account has so much of it.</summary>
    public async Task WaitForBalanceAsync(EvmAddress owner, ulong amount, CancellationToken cancellationToken)
    {
        while (await BalanceAsync(owner) != (UInt256)amount)
            await Task.Delay(100, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    /// <returns>Null when there was no answer: the sidecar says 5xx while the app is away.</returns>
    private async Task<byte[]?> TryPostAsync(string path, byte[] json, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(json) };
        request.Content.Headers.ContentType = new("application/json");
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        if ((int)answer.StatusCode >= 500)
            return null;
        Assert.True(answer.IsSuccessStatusCode, Encoding.UTF8.GetString(body));
        return body;
    }
}
