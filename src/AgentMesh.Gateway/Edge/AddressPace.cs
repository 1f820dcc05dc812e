using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace AgentMesh.Gateway.Edge;

/// <summary>
/// How much one address may do in this process, by tokens that come back with time. An IPv6 caller is its /64, which is what one customer has. Memory is
/// bounded: when too many addresses have used some of theirs, all others share the tokens of one.
/// </summary>
/// <param name="burst">Tokens at first, and at most.</param>
/// <param name="perMinute">Tokens that come back in a minute; 0: nothing is counted.</param>
/// <param name="time">The clock.</param>
internal sealed class AddressPace(int burst, int perMinute, TimeProvider time)
{
    /// <summary>Addresses that are remembered.</summary>
    public const int MaxAddresses = 10_000;

    /// <summary>Of one token. A tick of time earns as many as come back in a minute, so that no setting is rounded.</summary>
    private const long Price = TimeSpan.TicksPerMinute;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly long _start = time.GetTimestamp();
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, (long Credit, TimeSpan At)> _known = [];
    private (long Credit, TimeSpan At) _others = (burst * Price, TimeSpan.Zero);
    private TimeSpan _swept;

    /// <summary>Addresses with less than all their tokens.</summary>
    internal int Remembered
    {
        get
        {
            lock (_lock)
                return _known.Count;
        }
    }

    /// <summary>True while an address has a token left.</summary>
    public bool Has(IPAddress? address)
    {
        if (perMinute == 0)
            return true;
        lock (_lock)
            return CreditOf(NetworkOf(address), out _) >= Price;
    }

    /// <summary>Takes a token of an address. False: it has none.</summary>
    public bool TryTake(IPAddress? address)
    {
        if (perMinute == 0)
            return true;
        var network = NetworkOf(address);
        lock (_lock)
        {
            var credit = CreditOf(network, out var isShared);
            if (credit < Price)
                return false;
            if (isShared)
                _others = (credit - Price, Now);
            else
                _known[network] = (credit - Price, Now);
            return true;
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_start);

    private long CreditOf(ulong network, out bool isShared)
    {
        isShared = false;
        if (_known.TryGetValue(network, out var known))
            return CreditAt(known);
        if (_known.Count < MaxAddresses || Sweep())
            return burst * Price;
        isShared = true;
        return CreditAt(_others);
    }

    private long CreditAt((long Credit, TimeSpan At) known) => Math.Min(burst * Price, known.Credit + (Now - known.At).Ticks * perMinute);

    /// <summary>Forgets those that have all their tokens again, not at each request of a flood. True: there is room.</summary>
    private bool Sweep()
    {
        if (Now - _swept < SweepInterval)
            return false;
        _swept = Now;
        foreach (var (network, known) in _known)
        {
            if (CreditAt(known) == burst * Price)
                _known.Remove(network);
        }

        return _known.Count < MaxAddresses;
    }

    // Null with an in-memory server.
    private static ulong NetworkOf(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out _))
            return 0;
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
            return BinaryPrimitives.ReadUInt64BigEndian(bytes);
        // Of no IPv6 network: those begin with 2 or 3, or with f.
        return BinaryPrimitives.ReadUInt32BigEndian(address.IsIPv4MappedToIPv6 ? bytes[12..] : bytes);
    }
}
