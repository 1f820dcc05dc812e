using System.Net;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Edge;

/// <summary>Section <c>AgentMesh:Edge</c>: what stands before the gateway, and how much it takes of whom it does not know. Nothing of it matters in Development.</summary>
internal sealed class EdgeOptions
{
    public const string Section = "AgentMesh:Edge";

    // Read before options are validated.
    public const string CertificateName = Section + ":" + nameof(CertificateFile);
    public const string CertificateKeyName = Section + ":" + nameof(CertificateKeyFile);
    public const string ProxiesName = Section + ":" + nameof(Proxies);

    /// <summary>
    /// Addresses and networks (<c>10.0.0.0/8</c>) of the proxies before the gateway, with commas between: of them <c>X-Forwarded-For</c> and
    /// <c>X-Forwarded-Proto</c> are believed, and of nobody else. Default: none.
    /// </summary>
    public string Proxies { get; set; } = "";

    /// <summary>A PEM file with the certificate and those that it is issued by, with which the gateway speaks TLS. Read again when it changes. Default: no TLS.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The PEM file with the certificate's private key.</summary>
    public string? CertificateKeyFile { get; set; }

    /// <summary>Requests without a token that one address may make of agents in a minute, 200 of them at once. Default 3,000; 0: as many as it will.</summary>
    public int AnonymousPerMinute { get; set; } = 3_000;

    /// <summary>Unknown API keys that are looked up for one address in a minute, 20 of them at once. Default 60; 0: as many as it sends.</summary>
    public int UnknownKeysPerMinute { get; set; } = 60;

    /// <summary>The gateway speaks TLS itself.</summary>
    public bool HasCertificate => !string.IsNullOrWhiteSpace(CertificateFile) || !string.IsNullOrWhiteSpace(CertificateKeyFile);

    /// <summary>The proxies; null when one of them is no address or network.</summary>
    public IReadOnlyList<IPNetwork>? ListProxies()
    {
        var networks = new List<IPNetwork>();
        foreach (var text in Proxies.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPNetwork.TryParse(text, out var network))
                networks.Add(network);
            else if (IPAddress.TryParse(text, out var address))
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else
                return null;
        }

        return networks;
    }
}

/// <summary>Refuses what would let in more than was meant.</summary>
internal sealed class EdgeOptionsValidator(IConfiguration configuration) : IValidateOptions<EdgeOptions>
{
    /// <summary>Most requests in a minute that can be set.</summary>
    private const int MaxPerMinute = 1_000_000;

    public ValidateOptionsResult Validate(string? name, EdgeOptions options) =>
        WhyNot(options) is { } why ? ValidateOptionsResult.Fail(why) : ValidateOptionsResult.Success;

    private string? WhyNot(EdgeOptions options)
    {
        // The framework's switch for hosts behind a proxy of theirs: it believes everybody.
        if (string.Equals(configuration["FORWARDEDHEADERS_ENABLED"], "true", StringComparison.OrdinalIgnoreCase))
            return "ASPNETCORE_FORWARDEDHEADERS_ENABLED believes every caller's X-Forwarded-*; AgentMesh__Edge__Proxies names the proxies to believe.";
        if (options.ListProxies() is not { } proxies)
            return "AgentMesh__Edge__Proxies are addresses or networks such as 10.0.0.0/8, with commas between.";
        if (proxies.Any(network => network.PrefixLength == 0))
            return "AgentMesh__Edge__Proxies has a network of all addresses; name those of the proxies.";
        if (options.AnonymousPerMinute is < 0 or > MaxPerMinute || options.UnknownKeysPerMinute is < 0 or > MaxPerMinute)
            return $"AgentMesh__Edge__AnonymousPerMinute and AgentMesh__Edge__UnknownKeysPerMinute are 0 to {MaxPerMinute}.";
        return options.HasCertificate && EdgeCertificate.WhyUnreadable(options) is { } why
            ? $"AgentMesh__Edge__CertificateFile and AgentMesh__Edge__CertificateKeyFile: {why}."
            : null;
    }
}
