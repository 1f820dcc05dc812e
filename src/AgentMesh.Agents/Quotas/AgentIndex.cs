using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Quotas;

/// <summary>The head of a tenant's list of agents. State key <c>agents</c>; not there while there are none.</summary>
/// <param name="Agents">How many there are. A JSON integer: bounded by the list.</param>
/// <param name="Bytes">What their messages take together, as far as the list knows; encoded bytes.</param>
/// <param name="Shards">Which shards have entries: a bit for each, the lowest of a byte first, as base64. A reader of a small list asks for those only.</param>
public sealed record AgentIndex(int Agents, [property: JsonConverter(typeof(DecimalStringConverter))] long Bytes, string Shards)
{
    /// <summary>No agents.</summary>
    public static AgentIndex Empty { get; } = new(0, 0, Convert.ToBase64String(new byte[AgentListLimits.Shards / 8]));

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.AgentIndex;

    /// <summary>The first shard with entries, from that number on; null: no more.</summary>
    public int? NextShard(int from)
    {
        var bits = Convert.FromBase64String(Shards);
        for (var n = from; n < AgentListLimits.Shards; n++)
        {
            if ((bits[n / 8] & (1 << (n % 8))) != 0)
                return n;
        }

        return null;
    }

    internal AgentIndex With(int n, bool hasEntries)
    {
        var bits = Convert.FromBase64String(Shards);
        var bit = (byte)(1 << (n % 8));
        bits[n / 8] = (byte)(hasEntries ? bits[n / 8] | bit : bits[n / 8] & ~bit);
        return this with { Shards = Convert.ToBase64String(bits) };
    }
}
