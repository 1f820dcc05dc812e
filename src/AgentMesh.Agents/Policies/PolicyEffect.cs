namespace AgentMesh.Agents.Policies;

/// <summary>What becomes of a payment. The greater, the stricter; of rules that hold at once the strictest counts.</summary>
public enum PolicyEffect
{
    /// <summary>It may be made.</summary>
    Allow,

    /// <summary>A person is asked first.</summary>
    Ask,

    /// <summary>It is not made.</summary>
    Deny,
}
