using System.ComponentModel.DataAnnotations;
using AgentMesh.Agents.Quotas;

namespace AgentMesh.ActorHost.Quotas;

/// <summary>Section <c>AgentMesh:Quotas</c>: what each tenant may have.</summary>
internal sealed class QuotaOptions
{
    internal const string Section = "AgentMesh:Quotas";

    /// <summary>False: agents are neither counted nor listed. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Agents of a tenant. Default 100,000, at most 500,000; 0: any number.</summary>
    [Range(0, AgentListLimits.MostAgents)]
    public int AgentsPerTenant { get; set; } = 100_000;

    /// <summary>Encoded bytes of the messages of all agents of a tenant. Default 100 GiB; 0: any number.</summary>
    [Range(0, 1L << 53)]
    public long BytesPerTenant { get; set; } = 100L * 1024 * 1024 * 1024;

    /// <summary>What a process knows of a tenant in use is no older than this. Default 5 seconds.</summary>
    [Range(1, 3600)]
    public int RefreshSeconds { get; set; } = 5;

    internal TenantQuota Quota => new(AgentsPerTenant == 0 ? null : AgentsPerTenant, BytesPerTenant == 0 ? null : BytesPerTenant);
}
