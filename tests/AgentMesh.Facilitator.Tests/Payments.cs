using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.Evm.Tokens;
using AgentMesh.X402.Networks;

namespace AgentMesh.Facilitator.Tests;

/// <summary>Requests to a facilitator, as JSON that tests can bend: a payment of 0.10 USDC on Base Sepolia at a time that stands still.</summary>
internal static class Payments
{
    public const string Price = "100000";

    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    public static EvmKey Buyer { get; } = EvmKey.FromBytes(Convert.FromHexString("f7c302435f29b8750daab76495df80b132075cc8e3ab907b2b89e86a556a1b86"));

    public static EvmAddress Seller { get; } = EvmAddress.Parse("0x1343558b1e48Ee16260e386DBEE4693902DB77c4");

    public static TheoryData<int> Versions => [1, 2];

    public static long Seconds => Now.ToUnixTimeSeconds();

    public static TransferWithAuthorization Authorize(
        string value = Price, long? validAfter = null, long? validBefore = null, Bytes32? nonce = null, EvmAddress? from = null, EvmAddress? to = null) => new(
        from ?? Buyer.Address, to ?? Seller, UInt256.Parse(value), (ulong)(validAfter ?? 0), (ulong)(validBefore ?? Seconds + 60),
        nonce ?? new Bytes32(RandomNumberGenerator.GetBytes(32)));

    /// <summary>A request to verify or settle the authorization, signed by the buyer, for what it is itself.</summary>
    public static JsonObject Request(int version, TransferWithAuthorization? authorization = null, TokenAsset? asset = null, EvmKey? key = null)
    {
        authorization ??= Authorize();
        asset ??= KnownAssets.UsdcOnBaseSepolia;
        var payload = new JsonObject
        {
            ["signature"] = (key ?? Buyer).Sign(authorization.CalculateDigest(asset.Domain)).ToHex(),
            ["authorization"] = new JsonObject
            {
                ["from"] = authorization.From.ToString(),
                ["to"] = authorization.To.ToString(),
                ["value"] = authorization.Value.ToString(),
                ["validAfter"] = authorization.ValidAfter.ToString(),
                ["validBefore"] = authorization.ValidBefore.ToString(),
                ["nonce"] = authorization.Nonce.ToString(),
            },
        };
        var network = version == 2 ? asset.Network.ToString() : asset.Network.LegacyName;
        var requirements = new JsonObject
        {
            ["scheme"] = "exact",
            ["network"] = network,
            [version == 2 ? "amount" : "maxAmountRequired"] = authorization.Value.ToString(),
            ["asset"] = asset.Address.ToString(),
            ["payTo"] = authorization.To.ToString(),
            ["maxTimeoutSeconds"] = 60,
            ["extra"] = new JsonObject { ["name"] = asset.Name, ["version"] = asset.Version },
        };
        if (version == 1)
        {
            requirements["resource"] = "https://shop.example/analysis";
            requirements["description"] = "Analysis";
            requirements["mimeType"] = "application/json";
        }

        return new JsonObject
        {
            ["x402Version"] = version,
            ["paymentPayload"] = version == 2
                ? new JsonObject { ["x402Version"] = 2, ["payload"] = payload, ["accepted"] = requirements.DeepClone() }
                : new JsonObject { ["x402Version"] = 1, ["scheme"] = "exact", ["network"] = network, ["payload"] = payload },
            ["paymentRequirements"] = requirements,
        };
    }

    public static JsonObject Authorization(this JsonObject request) => request["paymentPayload"]!["payload"]!["authorization"]!.AsObject();

    public static JsonObject Payload(this JsonObject request) => request["paymentPayload"]!["payload"]!.AsObject();

    public static JsonObject Requirements(this JsonObject request) => request["paymentRequirements"]!.AsObject();
}
