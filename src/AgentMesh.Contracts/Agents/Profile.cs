namespace AgentMesh.Contracts.Agents;

/// <summary>What the owner sets of an agent.</summary>
/// <param name="SystemPrompt">What a model is told before the conversation, at most 16 KiB of UTF-8; null: what is configured.</param>
public sealed record AgentProfile(string? SystemPrompt);
