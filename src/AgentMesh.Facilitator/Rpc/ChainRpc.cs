using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AgentMesh.Evm;
using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Tokens;
using AgentMesh.Facilitator.Ledger;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Rpc;

/// <summary>A node of one simulated chain. Every transaction is alone in its block, and final.</summary>
internal sealed class ChainRpc(EvmNetwork network, TokenLedger ledger)
{
    private static readonly byte[] BalanceOfSelector = AbiEncoder.Selector("balanceOf(address)");
    private static readonly byte[] AuthorizationStateSelector = AbiEncoder.Selector("authorizationState(address,bytes32)");
    private static readonly byte[] SeparatorSelector = AbiEncoder.Selector("DOMAIN_SEPARATOR()");

    /// <summary>The result of a method.</summary>
    /// <exception cref="RpcException">It has none.</exception>
    public async Task<JsonNode?> CallAsync(string method, JsonElement[] parameters, CancellationToken cancellationToken)
    {
        switch (method)
        {
            case "eth_chainId":
                return RpcText.Quantity(network.ChainId);
            case "eth_blockNumber":
                return RpcText.Quantity((ulong)await ledger.GetBlockAsync(network, cancellationToken));
            case "eth_getBalance":
                // Nobody needs the chain's own currency here.
                ReadAddress(parameters, 0);
                return "0x0";
            case "eth_getCode":
                // A contract is whatever is known as a token; what its code does is written here.
                return KnownAssets.Find(network, ReadAddress(parameters, 0)) is null ? "0x" : "0xfe";
            case "eth_call":
                return Hex.Encode(await CallContractAsync(parameters, cancellationToken));
            case "eth_getTransactionReceipt":
                if (parameters is not [var hash, ..] || !Bytes32.TryParse(RpcArgument.Text(hash), out var transaction))
                    throw new RpcException(RpcException.InvalidParams, "The hash is not 32 bytes in hex.");
                return await ledger.FindTransactionAsync(network, transaction, cancellationToken) is { } record ? RpcText.Receipt(network, transaction, record) : null;
            case "eth_getLogs":
                return await new ChainLogs(network, ledger).FindAsync(LogFilter.Read(parameters), cancellationToken);
            default:
                throw new RpcException(RpcException.MethodNotFound, "The method is not served.");
        }
    }

    private async Task<byte[]> CallContractAsync(JsonElement[] parameters, CancellationToken cancellationToken)
    {
        if (parameters is not [{ ValueKind: JsonValueKind.Object } call, ..]
            || !call.TryGetProperty("to", out var to) || !EvmAddress.TryParse(RpcArgument.Text(to), out var token)
            || !(call.TryGetProperty("data", out var data) || call.TryGetProperty("input", out data)) || !Hex.TryDecode(RpcArgument.Text(data), out var bytes))
        {
            throw new RpcException(RpcException.InvalidParams, "The call has no to and data.");
        }

        if (parameters.Length > 1 && RpcArgument.Text(parameters[1]) is not ("latest" or "pending" or "safe" or "finalized"))
            throw new RpcException(RpcException.Server, "Only the newest state is there.");
        if (Is(bytes, BalanceOfSelector) && new AbiReader(bytes.AsSpan(AbiEncoder.SelectorLength)).TryReadAddress(0, out var owner))
            return new AbiEncoder().Add(await ledger.GetBalanceAsync(network, token, owner, cancellationToken)).ToArray();
        if (Is(bytes, AuthorizationStateSelector)
            && new AbiReader(bytes.AsSpan(AbiEncoder.SelectorLength)).TryReadAddress(0, out var authorizer)
            && new AbiReader(bytes.AsSpan(AbiEncoder.SelectorLength)).TryReadBytes32(1, out var nonce))
        {
            return new AbiEncoder().Add((await ledger.GetPayerAsync(network, token, authorizer, nonce, cancellationToken)).Used is not null).ToArray();
        }

        return Describe(token, bytes) ?? throw new RpcException(RpcException.Reverted, "execution reverted");
    }

    /// <summary>What a known token says of itself; null when it is another question.</summary>
    private byte[]? Describe(EvmAddress token, byte[] call) => KnownAssets.Find(network, token) is not { } known ? null
        : Is(call, Erc20.Name()) ? new AbiEncoder().AddString(known.Name).ToArray()
        : Is(call, Erc20.Version()) ? new AbiEncoder().AddString(known.Version).ToArray()
        : Is(call, Erc20.Decimals()) ? new AbiEncoder().Add((UInt256)(ulong)known.Decimals).ToArray()
        : Is(call, SeparatorSelector) ? known.Domain.Separator.ToArray()
        : null;

    private static bool Is(byte[] call, byte[] selector) => call.AsSpan().StartsWith(selector);

    private static EvmAddress ReadAddress(JsonElement[] parameters, int index) =>
        parameters.Length > index && EvmAddress.TryParse(RpcArgument.Text(parameters[index]), out var address)
            ? address
            : throw new RpcException(RpcException.InvalidParams, "The address is none.");
}

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class RpcJson : JsonSerializerContext;
