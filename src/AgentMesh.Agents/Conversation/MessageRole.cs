using System.Text.Json.Serialization;

namespace AgentMesh.Agents.Conversation;

/// <summary>Who said it.</summary>
public enum MessageRole
{
    /// <summary>The caller.</summary>
    [JsonStringEnumMemberName("user")]
    User,

    /// <summary>The agent.</summary>
    [JsonStringEnumMemberName("assistant")]
    Assistant,
}
