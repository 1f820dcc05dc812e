using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentMesh.Evm;
using AgentMesh.Facilitator.Hosting;
using AgentMesh.Facilitator.Ledger;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Problems;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Faucet;

/// <summary><c>POST /faucet {"address","amount"?,"network"?,"asset"?}</c>: simulated tokens for new wallets. Development only.</summary>
internal static class FaucetEndpoint
{
    /// <summary>10 USDC.</summary>
    private const string DefaultAmountAtomic = "10000000";

    private const int MaxKeyLength = 128;

    public static void MapFaucet(this WebApplication app)
    {
        if (app.Environment.IsDevelopment())
            app.MapPost("/faucet", GiveAsync).RequireDaprAppToken(app.Services.GetRequiredService<SidecarOptions>(), LocalCaller.OrNone(app.Environment));
    }

    private static async Task GiveAsync(HttpContext context)
    {
        if (await JsonBody.ReadAsync(context) is not { } body)
            return;
        var order = Read(context, body);
        var answer = order.IsRefused ? order.Refusal : await GiveAsync(context, order.Value);
        if (answer.IsRefused)
            await Problem.WriteAsync(context, answer.Refusal);
        else
            await JsonBody.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(answer.Value, FaucetJson.Default.FaucetResponse));
    }

    private static async Task<Result<FaucetResponse>> GiveAsync(HttpContext context, FaucetOrder order)
    {
        var ledger = context.RequestServices.GetRequiredService<TokenLedger>();
        var (network, token, to, amount, key) = order;
        // A gift without a key is another one each time.
        var id = key is null ? new Bytes32(RandomNumberGenerator.GetBytes(Bytes32.Length)) : Keccak256.CalculateHash(Encoding.UTF8.GetBytes($"gift {network} {key}"));
        var given = await ledger.GiveAsync(network, token, to, amount, id, key, CancellationToken.None);
        if (given.IsRefused)
            return new Refusal(EdgeRefusals.InvalidRequest, given.Refusal.Detail);
        var gift = given.Value;
        if (gift.Token != token.ToString() || gift.To != to.ToString() || gift.Value != amount.ToString())
            return new Refusal("idempotency_key_reused", "The Idempotency-Key was used with another body.");
        var balance = await ledger.GetBalanceAsync(network, token, to, context.RequestAborted);
        return new FaucetResponse(gift.To, network.ToString(), gift.Token, gift.Value, gift.Transaction, balance.ToString());
    }

    private static Result<FaucetOrder> Read(HttpContext context, byte[] body)
    {
        string? key = null;
        if (context.Request.Headers.TryGetValue("Idempotency-Key", out var keys))
        {
            if (keys is not [{ Length: > 0 and <= MaxKeyLength } text] || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
                return new Refusal(EdgeRefusals.InvalidIdempotencyKey, "Idempotency-Key must be one value of 1-128 visible ASCII characters.");
            key = text;
        }

        FaucetRequest? request;
        try
        {
            request = JsonSerializer.Deserialize(body, FaucetJson.Default.FaucetRequest);
        }
        catch (JsonException)
        {
            return new Refusal(EdgeRefusals.InvalidJson, """The body is not JSON like {"address":"0x…","amount":"10000000"}.""");
        }

        var options = context.RequestServices.GetRequiredService<FacilitatorOptions>();
        if (!EvmAddress.TryParse(request?.Address, out var to) || to == EvmAddress.Zero)
            return new Refusal(EdgeRefusals.InvalidRequest, "address is not an address.");
        if (!UInt256.TryParse(request!.Amount ?? DefaultAmountAtomic, out var amount) || amount.Value.IsZero || amount.Value > options.FaucetMaxAmount.Value)
            return new Refusal(EdgeRefusals.InvalidRequest, $"amount is not 1 to {options.FaucetMaxAmount} atomic units in decimal digits.");
        var network = options.ParsedNetworks[0];
        if (request.Network is not null && (!EvmNetwork.TryParse(request.Network, out network) || !options.ParsedNetworks.Contains(network)))
            return new Refusal(EdgeRefusals.InvalidRequest, "network is not served.");
        if (request.Asset is not null)
        {
            return EvmAddress.TryParse(request.Asset, out var asset)
                ? new FaucetOrder(network, asset, to, amount, key)
                : new Refusal(EdgeRefusals.InvalidRequest, "asset is not an address.");
        }

        return KnownAssets.All.FirstOrDefault(asset => asset.Network == network) is { } known
            ? new FaucetOrder(network, known.Address, to, amount, key)
            : new Refusal(EdgeRefusals.InvalidRequest, "No token of the network is known: name one as asset.");
    }
}

/// <summary>What is asked for, read.</summary>
internal sealed record FaucetOrder(EvmNetwork Network, EvmAddress Token, EvmAddress To, UInt256 Amount, string? Key);

/// <summary>What is asked for.</summary>
/// <param name="Address">Who gets it.</param>
/// <param name="Amount">Atomic units, decimal digits; default 10 USDC.</param>
/// <param name="Network">CAIP-2; default the first network.</param>
/// <param name="Asset">Which token; default the network's USDC.</param>
internal sealed record FaucetRequest(string? Address, string? Amount, string? Network, string? Asset);

/// <summary>What was given, and what the address has now.</summary>
internal sealed record FaucetResponse(string Address, string Network, string Asset, string Amount, string Transaction, string Balance);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(FaucetRequest))]
[JsonSerializable(typeof(FaucetResponse))]
internal sealed partial class FaucetJson : JsonSerializerContext;
