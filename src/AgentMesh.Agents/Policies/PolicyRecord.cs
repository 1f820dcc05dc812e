using System.Text.Json;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Policies;

/// <summary>The policy that was set for the agent. State key <c>policy</c>; not there while the configured one is in force.</summary>
/// <param name="Document">As <see cref="SpendingPolicy.ToJson"/> writes it: text, because it has numbers and an order of its own.</param>
/// <param name="UpdatedAt">When it was set.</param>
public sealed record PolicyRecord(string Document, DateTimeOffset UpdatedAt)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.PolicyRecord;

    /// <summary>The policy.</summary>
    /// <exception cref="JsonException">The record is damaged. No other policy takes its place.</exception>
    public SpendingPolicy ToPolicy() => SpendingPolicy.Parse(Document).Policy ?? throw new JsonException("A stored policy is no policy.");
}
