using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AgentMesh.ActorHost.Wallets;

/// <summary>What others are asked for wallets.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(FaucetCall))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class WalletJson : JsonSerializerContext;
