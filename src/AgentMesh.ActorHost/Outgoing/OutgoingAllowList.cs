using System.Globalization;
using System.Net;

namespace AgentMesh.ActorHost.Outgoing;

/// <summary>What may be called although it is not on the public internet.</summary>
internal sealed class OutgoingAllowList
{
    private readonly HashSet<(string Host, int Port)> _hosts = [];
    private readonly HashSet<(IPAddress Address, int Port)> _addresses = [];
    private readonly List<IPNetwork> _networks = [];

    private OutgoingAllowList()
    {
    }

    /// <summary>Reads the setting.</summary>
    /// <param name="text">Of <see cref="OutgoingOptions.Allow"/>; null: nothing.</param>
    /// <param name="gatewayPorts">Ports of the mesh's own gateways on this machine.</param>
    /// <param name="list">The list.</param>
    /// <param name="wrong">The first entry that is none; null: all are.</param>
    public static bool TryParse(string? text, IEnumerable<int> gatewayPorts, out OutgoingAllowList list, out string? wrong)
    {
        list = new OutgoingAllowList();
        wrong = (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault(list.IsNoEntry);
        foreach (var port in gatewayPorts)
        {
            list._hosts.Add(("localhost", port));
            list._addresses.Add((IPAddress.Loopback, port));
            list._addresses.Add((IPAddress.IPv6Loopback, port));
        }

        return wrong is null;
    }

    /// <summary>Whether that place is on the list by name, or by an address that it is written as.</summary>
    public bool HasPlace(string host, int port) =>
        _hosts.Contains((host, port)) || IPAddress.TryParse(host, out var address) && _addresses.Contains((AddressRules.Unwrap(address), port));

    /// <summary>Whether an address may be connected to that a host has.</summary>
    /// <param name="host">As it was asked for.</param>
    /// <param name="address">What it was resolved to.</param>
    /// <param name="port">The port.</param>
    public bool Allows(string host, IPAddress address, int port)
    {
        var plain = AddressRules.Unwrap(address);
        return HasPlace(host, port) || _addresses.Contains((plain, port)) || _networks.Exists(network => network.Contains(plain));
    }

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
