using System.ComponentModel.DataAnnotations;

namespace AgentMesh.ActorHost.Agents;

/// <summary>Section <c>AgentMesh:Actors</c>.</summary>
internal sealed class AgentActorOptions
{
    internal const string Section = "AgentMesh:Actors";

    /// <summary>
    /// Seconds without a call after which an agent leaves memory. Default 3600. daprd counts from the start of a call and does
    /// not look whether it still runs, so keep it far above the longest turn (20 s).
    /// </summary>
    [Range(1, 86_400)]
    public int IdleTimeoutSeconds { get; set; } = 3600;

    /// <summary>
    /// Seconds after its last read or write of the head in which an agent trusts its memory of it. Default 30. After a longer
    /// silence the next call reads it again, once: another activation may have written meanwhile (<c>docs/limits.md</c>).
    /// </summary>
    [Range(0, 86_400)]
    public int HeadTrustSeconds { get; set; } = 30;
}
