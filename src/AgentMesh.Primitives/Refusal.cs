using System.Text.Json.Serialization;

namespace AgentMesh.Primitives;

/// <summary>
/// Why a request was not done, as a value. Refusals are what a caller may expect (invalid input, a limit reached);
/// bugs and lost dependencies are exceptions instead.
/// </summary>
/// <param name="Code">Stable snake_case code, listed in <c>docs/refusals.md</c>; never reused for another meaning.</param>
/// <param name="Detail">One sentence that is safe to show to the caller.</param>
public record Refusal(string Code, string Detail)
{
    /// <summary>What an answer says beside it, by name, for programs; a null is said too.</summary>
    [JsonIgnore]
    public virtual IEnumerable<(string Name, string? Value)> Members => [];
}
