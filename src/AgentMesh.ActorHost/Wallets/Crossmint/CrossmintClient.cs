using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.Evm.Tokens;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.ActorHost.Wallets.Crossmint;

/// <summary>
/// Wallets at Crossmint: smart wallets of the EVM whose signer is the API key, so that Crossmint approves what the key's owner asks for
/// (docs.crossmint.com: create-wallet, create-signature, get-signature).
/// </summary>
internal sealed class CrossmintClient(CrossmintTransport transport, TimeProvider time)
{
    /// <summary>For a signature, from the request to the last look.</summary>
    internal static readonly TimeSpan SigningTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Between two looks at a signature.</summary>
    internal static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Makes a wallet. The key is both the idempotency key and the wallet's owner, either of which makes Crossmint answer with the wallet that there is:
    /// there is one however often it is asked for, and however late.
    /// </summary>
    /// <returns>Its address, with the checksum of EIP-55.</returns>
    /// <exception cref="CrossmintFailedException">It is not known whether there is one.</exception>
    public async Task<string> CreateWalletAsync(string requestKey, CancellationToken cancellationToken)
    {
        var wallet = await transport.PostAsync(
            "",
            new JsonObject
            {
                ["chainType"] = "evm",
                ["type"] = "smart",
                ["config"] = new JsonObject { ["adminSigner"] = new JsonObject { ["type"] = "api-key" } },
                ["owner"] = $"userId:{requestKey}",
            },
            requestKey,
            cancellationToken);
        return EvmAddress.TryParse(TextOf(wallet, "address"), out var address) && address != EvmAddress.Zero && TextOf(wallet, "chainType") is null or "evm"
            ? address.ToString()
            : throw new CrossmintFailedException("Crossmint's answer is no wallet of the EVM.");
    }

    /// <summary>Signs an authorization. The nonce is the idempotency key: the same authorization has one signature.</summary>
    /// <param name="wallet">The wallet, who pays.</param>
    /// <param name="authorization">What is signed.</param>
    /// <param name="asset">The token.</param>
    /// <param name="cancellationToken">Gives up; a signature that is made by then exists.</param>
    /// <returns>What the wallet's contract takes: ERC-1271, or ERC-6492 while it is not deployed.</returns>
    /// <exception cref="CrossmintFailedException">There is none yet.</exception>
    public async Task<byte[]> SignAsync(EvmAddress wallet, TransferWithAuthorization authorization, TokenAsset asset, CancellationToken cancellationToken)
    {
        // The names of x402's first version are Crossmint's.
        var chain = asset.Network.LegacyName ?? throw new CrossmintFailedException($"Crossmint's name of {asset.Network} is not known here.");
        using var clock = new CancellationTokenSource(SigningTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            var signature = await transport.PostAsync(
                $"/{wallet}/signatures",
                new JsonObject
                {
                    ["type"] = "typed-data",
                    ["params"] = new JsonObject { ["typedData"] = TypedDataOf(authorization, asset), ["chain"] = chain, ["isSmartWalletSignature"] = true },
                },
                authorization.Nonce.ToString(),
                either.Token);
            while (true)
            {
                if (ReadSignature(signature) is { } bytes)
                    return bytes;
                await Task.Delay(LookInterval, time, either.Token);
                signature = await transport.GetAsync($"/{wallet}/signatures/{Uri.EscapeDataString(TextOf(signature, "id")!)}", either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CrossmintFailedException("Crossmint's signature took too long.");
        }
    }

    /// <returns>Null while there is none yet.</returns>
    private static byte[]? ReadSignature(JsonElement signature) => (TextOf(signature, "status"), TextOf(signature, "id")) switch
    {
        ("success", _) => Hex.TryDecode(TextOf(signature, "outputSignature"), out var bytes) && bytes.Length is > 0 and <= X402Limits.MaxSignatureBytes
            ? bytes
            : throw new CrossmintFailedException("Crossmint's signature is none."),
        ("pending", { Length: > 0 }) => null,
        // Nobody else will approve it.
        ("awaiting-approval", _) => throw new CrossmintFailedException("Crossmint waits for somebody to approve the signature: the wallet's signer is not the API key."),
        _ => throw new CrossmintFailedException("Crossmint did not sign."),
    };

    private static JsonObject TypedDataOf(TransferWithAuthorization authorization, TokenAsset asset) => new()
    {
        ["domain"] = new JsonObject
        {
            ["name"] = asset.Name,
            ["version"] = asset.Version,
            ["chainId"] = asset.Network.ChainId,
            ["verifyingContract"] = asset.Address.ToString(),
        },
        ["types"] = new JsonObject
        {
            ["TransferWithAuthorization"] = new JsonArray(
                Member("from", "address"), Member("to", "address"), Member("value", "uint256"), Member("validAfter", "uint256"), Member("validBefore", "uint256"), Member("nonce", "bytes32")),
        },
        ["primaryType"] = "TransferWithAuthorization",
        ["message"] = new JsonObject
        {
            ["from"] = authorization.From.ToString(),
            ["to"] = authorization.To.ToString(),
            ["value"] = authorization.Value.ToString(),
            ["validAfter"] = authorization.ValidAfter.ToString(),
            ["validBefore"] = authorization.ValidBefore.ToString(),
            ["nonce"] = authorization.Nonce.ToString(),
        },
    };

    private static JsonObject Member(string name, string type) => new() { ["name"] = name, ["type"] = type };

    private static string? TextOf(JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
