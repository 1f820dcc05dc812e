using AgentMesh.Agents.Conversation;

namespace AgentMesh.Agents.Quotas;

/// <summary>When an agent has its line in its tenant's list written.</summary>
public static class AgentListing
{
    /// <summary>True when the list knows nothing of the agent, or its messages have grown or shrunk by a step since.</summary>
    /// <param name="head">The agent's head.</param>
    /// <param name="listed">What the list was last told; null: nothing.</param>
    public static bool IsOwed(AgentHead head, long? listed) => listed is not { } known || Math.Abs(head.StoredBytes - known) >= AgentListLimits.Step;
}
