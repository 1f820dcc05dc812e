using AgentMesh.Evm;
using AgentMesh.X402.Networks;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Selling;

/// <summary>Section <c>AgentMesh:Payments</c>: the token that prices are paid in.</summary>
internal sealed class SellingOptions
{
    public const string Section = "AgentMesh:Payments";

    /// <summary>The network, CAIP-2. Default Base Sepolia.</summary>
    public string Network { get; set; } = "eip155:84532";

    /// <summary>The token's contract: one of the known USDC. Default that of Base Sepolia.</summary>
    public string Asset { get; set; } = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

    /// <summary>
    /// The mesh's address as its clients know it, scheme and host: it stands in terms and payments, the same at every replica. Default
    /// <c>http://localhost</c>.
    /// </summary>
    public string PublicUrl { get; set; } = "http://localhost";

    /// <summary>Seconds that a payment may take, and a signature is asked to be valid: the work is done in them. Default 300.</summary>
    public int MaxTimeoutSeconds { get; set; } = 300;

    /// <summary>The token; null when it is not known.</summary>
    internal TokenAsset? Token =>
        EvmNetwork.TryParse(Network, out var network) && EvmAddress.TryParse(Asset, out var asset) ? KnownAssets.Find(network, asset) : null;
}

/// <summary>Prices are in dollars: a token has to be worth one, and its domain to be known.</summary>
internal sealed class SellingOptionsValidator : IValidateOptions<SellingOptions>
{
    public ValidateOptionsResult Validate(string? name, SellingOptions options) => options switch
    {
        { Token: null } => ValidateOptionsResult.Fail(
            $"AgentMesh__Payments__Network and AgentMesh__Payments__Asset name no known token; known are {string.Join(", ", KnownAssets.All.Select(asset => $"{asset.Network} {asset.Address}"))}."),
        _ when !Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.PathAndQuery != "/" =>
            ValidateOptionsResult.Fail("AgentMesh__Payments__PublicUrl is scheme and host, such as https://agents.example.org."),
        { MaxTimeoutSeconds: < 10 or > 3600 } => ValidateOptionsResult.Fail("AgentMesh__Payments__MaxTimeoutSeconds is 10 to 3600."),
        _ => ValidateOptionsResult.Success,
    };
}
