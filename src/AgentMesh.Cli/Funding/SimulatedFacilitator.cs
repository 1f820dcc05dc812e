using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Evm;
using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Rpc;
using AgentMesh.Evm.Tokens;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.Cli.Funding;

/// <summary>The facilitator of one machine: its faucet, and its simulated chain as a node.</summary>
/// <param name="place">Its address.</param>
/// <param name="parts">Clock and chance.</param>
internal sealed class SimulatedFacilitator(Uri place, CliParts parts) : IDisposable
{
    /// <summary>Tries of one gift, all with one idempotency key.</summary>
    private const int MaxTries = 3;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http = LocalHttp.CreateClient(place, Timeout);

    /// <summary>Its address.</summary>
    public Uri Place => place;

    /// <summary>What an address has of a token; null when the chain does not say.</summary>
    public async Task<UInt256?> FindBalanceAsync(TokenAsset token, EvmAddress owner, CancellationToken cancellationToken) =>
        await CallAsync(token.Network, token.Address, Erc20.BalanceOf(owner), cancellationToken) is { } data && new AbiReader(data).TryReadUInt256(0, out var balance)
            ? balance
            : null;

    /// <summary>Whether a payment was executed, or canceled; null when the chain does not say.</summary>
    public async Task<bool?> IsUsedAsync(ExactEvmPayment payment, CancellationToken cancellationToken) =>
        await CallAsync(payment.Network, payment.Asset, Eip3009.AuthorizationState(payment.Authorization.From, payment.Authorization.Nonce), cancellationToken) is { } data
        && new AbiReader(data).TryReadBool(0, out var isUsed)
            ? isUsed
            : null;

    /// <summary>Gives simulated tokens. A lost answer is asked for again with the same key, so that it is given once.</summary>
    /// <param name="owner">Who gets it.</param>
    /// <param name="amountAtomic">How much.</param>
    /// <param name="token">Which token; null: USDC of the facilitator's first network.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Refused with a code of <see cref="FaucetRefusals"/>.</returns>
    public async Task<Result<FaucetGift>> GiveAsync(EvmAddress owner, UInt256 amountAtomic, TokenAsset? token, CancellationToken cancellationToken)
    {
        var order = new FaucetOrder(owner.ToString(), amountAtomic.ToString(), token?.Network.ToString(), token?.Address.ToString());
        var key = parts.NewKey();
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, MeshPlace.Below(place, "faucet")) { Content = JsonContent.Create(order, CliJson.Wire.FaucetOrder) };
                request.Headers.Add("Idempotency-Key", key);
                using var answer = await _http.SendAsync(request, cancellationToken);
                return answer.IsSuccessStatusCode
                    ? await ReadGiftAsync(answer, cancellationToken)
                    : await FaucetRefusals.OfAsync(answer, place, cancellationToken);
            }
            catch (Exception fault) when (LocalHttp.IsUnreached(fault, cancellationToken))
            {
                if (tries == MaxTries)
                    return FaucetRefusals.Unreached(place);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Result<FaucetGift>> ReadGiftAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync(CliJson.Wire.FaucetGift, cancellationToken) is { } gift && gift.IsReadable ? gift : FaucetRefusals.NoFaucet(place);
        }
        catch (JsonException)
        {
            return FaucetRefusals.NoFaucet(place);
        }
    }

    private async Task<byte[]?> CallAsync(EvmNetwork network, EvmAddress token, byte[] call, CancellationToken cancellationToken)
    {
        var node = new EvmRpcClient(_http, MeshPlace.Below(place, $"rpc/{network.ChainId}"), new EvmRpcOptions(), parts.TimeProvider);
        try
        {
            return await node.CallAsync(token, call, BlockParameter.Latest, cancellationToken);
        }
        catch (EvmRpcException)
        {
            // Another facilitator, or another chain: what it does not say is not known.
            return null;
        }
    }
}
