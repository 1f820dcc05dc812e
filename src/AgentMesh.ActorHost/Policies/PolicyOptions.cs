using System.ComponentModel.DataAnnotations;

namespace AgentMesh.ActorHost.Policies;

/// <summary>Section <c>AgentMesh:Policy</c>: the spending policy of agents that have none of their own, and how long approvals last.</summary>
internal sealed class PolicyOptions
{
    internal const string Section = "AgentMesh:Policy";

    /// <summary>A payment of at most so much of the configured token is made without a question. Default <c>1.00</c>, in units of the token.</summary>
    public string AllowAtMost { get; set; } = "1.00";

    /// <summary>One of at most so much is asked about, and a bigger one denied. Default <c>50</c>, in units of the token.</summary>
    public string AskAtMost { get; set; } = "50";

    /// <summary>A whole policy document, as <c>PUT /agent/{userId}/policy</c> takes it, in place of the two amounts. Default none.</summary>
    public string? Document { get; set; }

    /// <summary>Seconds that a decision on an approval is waited for, and that it stands. Default 3600.</summary>
    [Range(60, 604_800)]
    public int ApprovalSeconds { get; set; } = 3600;
}
