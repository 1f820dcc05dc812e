using System.ComponentModel.DataAnnotations;

namespace AgentMesh.Gateway.Mail;

/// <summary>Section <c>AgentMesh:Mail</c> of the gateway: how fast one agent's requests to send are served.</summary>
internal sealed class MailPaceOptions
{
    public const string Section = "AgentMesh:Mail";

    /// <summary>
    /// Requests to send of one agent that this process serves in a second, after 20 at once; up to 100 wait their turn, and what comes on top is refused. Default
    /// 20, twice what an agent may send in the long run.
    /// </summary>
    [Range(1, 10_000)]
    public int SendsPerSecond { get; set; } = 20;
}
