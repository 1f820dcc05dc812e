namespace AgentMesh.Agents.Approvals;

/// <summary>Where an approval stands.</summary>
public enum ApprovalState
{
    /// <summary>Nobody has decided yet.</summary>
    Pending,

    /// <summary>The payment may be made, once.</summary>
    Approved,

    /// <summary>It may not.</summary>
    Denied,

    /// <summary>Nobody decided in time, or what was approved was not made in time. As if denied, but it may be asked again.</summary>
    Expired,
}
