using System.Text.Json;

namespace AgentMesh.Gateway.Topics;

/// <summary>The body of a message to a topic. The number is read as JSON first, so that a wrong one is refused with its own code.</summary>
/// <param name="Content">The text.</param>
/// <param name="DeadlineSeconds">How long it may be under way; null: 24 hours.</param>
internal sealed record TopicMessageRequest(string? Content, JsonElement? DeadlineSeconds)
{
    internal int? DeadlineSecondsNumber =>
        DeadlineSeconds is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var seconds) ? seconds : null;
}
