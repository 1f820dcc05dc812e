using System.Globalization;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Quotas;

/// <summary>How many agents a tenant may have, and what their messages may take.</summary>
/// <param name="Agents">Agents; null: any number.</param>
/// <param name="Bytes">Encoded bytes of all their messages; null: any number.</param>
public sealed record TenantQuota(int? Agents, long? Bytes)
{
    /// <summary>The tenant has as many agents as it may.</summary>
    public const string TooManyAgents = "too_many_agents";

    /// <summary>The tenant's messages take what they may.</summary>
    public const string StorageFull = "tenant_storage_full";

    private readonly Refusal _tooMany = new(TooManyAgents, string.Create(CultureInfo.InvariantCulture, $"The tenant has {Agents} agents, which is as many as it may. Nothing was stored."));

    private readonly Refusal _full = new(StorageFull, string.Create(CultureInfo.InvariantCulture, $"The messages of the tenant's agents take {Bytes} bytes, which is as much as they may. Nothing was stored."));

    /// <summary>Why there may be no further agent; null: there may.</summary>
    /// <param name="agents">Those that there are or are about to be.</param>
    public Refusal? CheckAgents(long agents) => agents >= Agents ? _tooMany : null;

    /// <summary>Why no message is taken; null: one is, of any size: what it takes over is less than a message may be.</summary>
    /// <param name="bytes">What the messages take.</param>
    public Refusal? CheckStorage(long bytes) => bytes >= Bytes ? _full : null;
}
