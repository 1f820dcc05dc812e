using System.Text.Json.Serialization;
using AgentMesh.Primitives;

namespace AgentMesh.Contracts.Agents;

/// <summary>A refusal, or an answer that is not there yet, because a turn waits until there is budget.</summary>
/// <param name="Code">Why it waits.</param>
/// <param name="Detail">One sentence that is safe to show to the caller.</param>
/// <param name="TurnId">The turn that waits.</param>
/// <param name="Shortage">Where there is not enough; null: it is not about a budget.</param>
public sealed record PausedRefusal(string Code, string Detail, string TurnId, Shortage? Shortage) : Refusal(Code, Detail)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override IEnumerable<(string Name, string? Value)> Members =>
        [("turnId", TurnId), .. Shortage is null ? [] : new ShortageRefusal(Code, Detail, Shortage).Members];
}
