namespace AgentMesh.Agents.Conversation;

/// <summary>Names of sessions.</summary>
public static class SessionNames
{
    /// <summary>The session of callers that name none.</summary>
    public const string Default = "default";
}
