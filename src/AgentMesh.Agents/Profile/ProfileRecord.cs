using System.Text;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Profile;

/// <summary>What the owner has set. State key <c>profile</c>; not there while nothing is.</summary>
/// <param name="SystemPrompt">What a model is told before the conversation; null: what is configured.</param>
public sealed record ProfileRecord(string? SystemPrompt)
{
    /// <summary>Longest system prompt, bytes of UTF-8.</summary>
    public const int SystemPromptBytes = 16 * 1024;

    /// <summary>Nothing is set.</summary>
    public static ProfileRecord Empty { get; } = new((string?)null);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.ProfileRecord;

    /// <summary>Sets it. A repeat changes nothing.</summary>
    /// <param name="head">The agent's head; <see cref="AgentHead.Unborn"/> for an agent never written to.</param>
    /// <param name="systemPrompt">The prompt; null or empty: none.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<ProfileChange> Set(AgentHead head, string? systemPrompt, long epoch, DateTimeOffset now)
    {
        if (StoredConversation.CheckHead(head) is { } damaged)
            return damaged;
        if (systemPrompt is not null && Encoding.UTF8.GetByteCount(systemPrompt) > SystemPromptBytes)
            return new Refusal("invalid_profile", $"A system prompt has at most {SystemPromptBytes} bytes of UTF-8.");
        now = now.WholeMilliseconds();
        return new ProfileChange(
            new ProfileRecord(string.IsNullOrEmpty(systemPrompt) ? null : systemPrompt), new AgentChange(head with { Epoch = epoch, LastActive = now }));
    }
}

/// <summary>A profile to store, in one transaction.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Agent">The agent's other records.</param>
public sealed record ProfileChange(ProfileRecord Profile, AgentChange Agent);
