using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AgentMesh.Evm.Rpc;

/// <summary>A request as JSON-RPC 2.0 writes it.</summary>
internal sealed record RpcRequest(string Jsonrpc, long Id, string Method, JsonArray Params);

/// <summary>An answer. What is absent has the value kind Undefined, which <c>null</c>, a result like any other, has not.</summary>
internal sealed record RpcResponse(JsonElement Id, JsonElement Result, JsonElement Error);

/// <summary>The members of a receipt that are read.</summary>
internal sealed record RpcReceipt(
    string? TransactionHash, string? BlockHash, string? BlockNumber, string? From, string? To, string? Status, string? GasUsed, IReadOnlyList<RpcLog?>? Logs);

/// <summary>The members of a log that are read.</summary>
internal sealed record RpcLog(string? Address, IReadOnlyList<string?>? Topics, string? Data, string? LogIndex);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNameCaseInsensitive = false, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(RpcRequest))]
[JsonSerializable(typeof(RpcResponse))]
[JsonSerializable(typeof(RpcReceipt))]
internal sealed partial class EvmRpcJson : JsonSerializerContext;
