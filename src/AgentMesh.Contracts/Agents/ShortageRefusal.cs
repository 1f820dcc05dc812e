using System.Globalization;
using System.Text.Json.Serialization;
using AgentMesh.Primitives;

namespace AgentMesh.Contracts.Agents;

/// <summary>A refusal that says which budget is at its end.</summary>
/// <param name="Code">The code.</param>
/// <param name="Detail">One sentence that is safe to show to the caller.</param>
/// <param name="Shortage">Where there is not enough.</param>
public sealed record ShortageRefusal(string Code, string Detail, Shortage Shortage) : Refusal(Code, Detail)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override IEnumerable<(string Name, string? Value)> Members =>
    [
        ("scope", Shortage.Scope), ("asset", Shortage.Asset), ("window", Shortage.Window), ("available", Shortage.Available),
        ("resetsAt", Shortage.ResetsAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
    ];
}
