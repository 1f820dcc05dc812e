using System.Net;
using System.Net.Sockets;

namespace AgentMesh.ServiceDefaults.Outgoing;

/// <summary>
/// Which addresses are on the public internet. All others are somebody's own: this machine, its network, a cloud's metadata service. Of the registries
/// of special-purpose addresses of IANA (RFC 6890), those that are not globally reachable; and the forms of IPv6 that carry an address of IPv4, which
/// count as what they carry.
/// </summary>
public static class AddressRules
{
    private static readonly IPNetwork[] NotPublic =
    [
        .. Parse(
            "0.0.0.0/8", // this network, RFC 791
            "10.0.0.0/8", // private, RFC 1918
            "100.64.0.0/10", // shared by carriers (CGNAT), RFC 6598; also Alibaba's metadata at 100.100.100.200
            "127.0.0.0/8", // loopback
            "168.63.129.16/32", // Azure's host, public in form only
            "169.254.0.0/16", // link-local, RFC 3927; metadata services at 169.254.169.254
            "172.16.0.0/12", // private, RFC 1918
            "192.0.0.0/24", // protocol assignments, RFC 6890; Oracle's metadata at 192.0.0.192
            "192.0.2.0/24", // documentation, RFC 5737
            "192.31.196.0/24", // AS112, RFC 7535
            "192.52.193.0/24", // AMT, RFC 7450
            "192.88.99.0/24", // 6to4 relays, RFC 7526
            "192.168.0.0/16", // private, RFC 1918
            "192.175.48.0/24", // AS112, RFC 7534
            "198.18.0.0/15", // benchmarks, RFC 2544
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // multicast
            "240.0.0.0/4"), // reserved, and broadcast
    ];

    /// <summary>Of IPv6 only this is given out to the public internet; all else is special.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotPublicWithin =
    [
        .. Parse(
            "2001::/23", // protocol assignments, RFC 2928: Teredo, benchmarks, ORCHID
            "2001:db8::/32", // documentation, RFC 3849
            "2002::/16", // 6to4, RFC 3056: relays lead wherever its address of IPv4 says
            "2620:4f:8000::/48", // AS112
            "3fff::/20"), // documentation, RFC 9637
    ];

    /// <summary>The well-known prefix of NAT64 (RFC 6052): its last 32 bits are an address of IPv4, which the translator calls.</summary>
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether it is on the public internet.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var plain = Unwrap(address);
        return plain.AddressFamily switch
        {
            AddressFamily.InterNetwork => !Contains(NotPublic, plain),
            // A scope is a link's.
            AddressFamily.InterNetworkV6 => plain.ScopeId == 0 && GlobalUnicast.Contains(plain) && !Contains(NotPublicWithin, plain),
            _ => false,
        };
    }

    /// <summary>The address of IPv4 that one of IPv6 stands for; else the address itself.</summary>
    public static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        return Nat64.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(12)) : address;
    }

    private static bool Contains(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, network => network.Contains(address));

    private static IEnumerable<IPNetwork> Parse(params string[] networks) => networks.Select(network => IPNetwork.Parse(network));
}
