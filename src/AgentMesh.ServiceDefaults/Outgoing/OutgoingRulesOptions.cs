namespace AgentMesh.ServiceDefaults.Outgoing;

/// <summary>Of section <c>AgentMesh:Outgoing</c>, for the apps <c>agents</c> and <c>gateway</c> alike: what the gateway refuses no agent is asked for.</summary>
public sealed class OutgoingRulesOptions
{
    /// <summary>The section.</summary>
    public const string Section = "AgentMesh:Outgoing";

    /// <summary>
    /// What may be called although it is not on the public internet, with commas between: <c>HOST:PORT</c>, <c>ADDRESS:PORT</c> or an address range
    /// such as <c>10.1.0.0/16</c>. Default nothing; in Development the mesh's own gateways may always be called. To a <c>HOST:PORT</c> of this list
    /// payments go over plain http too.
    /// </summary>
    public string? Allow { get; set; }
}
