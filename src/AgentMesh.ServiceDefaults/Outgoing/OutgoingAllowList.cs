using System.Globalization;
using System.Net;

namespace AgentMesh.ServiceDefaults.Outgoing;

/// <summary>What may be called although it is not on the public internet.</summary>
public sealed class OutgoingAllowList
{
    private readonly HashSet<(string Host, int Port)> _hosts = [];
    private readonly HashSet<(IPAddress Address, int Port)> _addresses = [];
    private readonly List<IPNetwork> _networks = [];
    private readonly HashSet<int> _gateways = [];

    private OutgoingAllowList()
    {
    }

    /// <summary>Reads the setting.</summary>
    /// <param name="text">Of <see cref="OutgoingRulesOptions.Allow"/>; null: nothing.</param>
    /// <param name="gatewayPorts">Ports of the mesh's own gateways on this machine.</param>
    /// <param name="list">The list.</param>
    /// <param name="wrong">The first entry that is none; null: all are.</param>
    public static bool TryParse(string? text, IEnumerable<int> gatewayPorts, out OutgoingAllowList list, out string? wrong)
    {
        list = new OutgoingAllowList();
        wrong = (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault(list.IsNoEntry);
        list._gateways.UnionWith(gatewayPorts);
        return wrong is null;
    }

    /// <summary>Whether that place is on the list by name, or by an address that it is written as.</summary>
    public bool HasPlace(string host, int port) =>
        IsGateway(host, port) || _hosts.Contains((host, port)) || IPAddress.TryParse(host, out var address) && _addresses.Contains((AddressRules.Unwrap(address), port));

    /// <summary>
    /// Whether that path may be called. In Development whoever calls the mesh's own gateway from this machine is its owner and admin: an agent reaches
    /// there what is sold to everybody, and not its own approvals or somebody's messages.
    /// </summary>
    public bool AllowsPath(Uri url) => !IsGateway(url.IdnHost, url.Port) || url.AbsolutePath.Split('/') is ["", "agent", _, "premium", _];

    /// <summary>Whether an address may be connected to that a host has.</summary>
    /// <param name="host">As it was asked for.</param>
    /// <param name="address">What it was resolved to.</param>
    /// <param name="port">The port.</param>
    public bool Allows(string host, IPAddress address, int port)
    {
        var plain = AddressRules.Unwrap(address);
        if (IsGateway(host, port))
            return IPAddress.IsLoopback(plain);
        return HasPlace(host, port) || _addresses.Contains((plain, port)) || _networks.Exists(network => network.Contains(plain));
    }

    /// <summary>By the names of this machine only: another name that leads here is none of them.</summary>
    private bool IsGateway(string host, int port) => _gateways.Contains(port)
        && (host == "localhost" || IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Loopback) || address.Equals(IPAddress.IPv6Loopback)));

    /// <summary>Takes an entry in.</summary>
    private bool IsNoEntry(string entry)
    {
        if (entry.Contains('/', StringComparison.Ordinal))
        {
            if (!IPNetwork.TryParse(entry, out var network))
                return true;
            _networks.Add(network);
            return false;
        }

        var colon = entry.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > ushort.MaxValue)
            return true;
        var host = entry[..colon].ToLowerInvariant();
        if (host.StartsWith('[') ? IPAddress.TryParse(host.Trim('[', ']'), out var address) : IPAddress.TryParse(host, out address))
            _addresses.Add((AddressRules.Unwrap(address), port));
        else if (Uri.CheckHostName(host) == UriHostNameType.Dns)
            _hosts.Add((host, port));
        else
            return true;
        return false;
    }
}
