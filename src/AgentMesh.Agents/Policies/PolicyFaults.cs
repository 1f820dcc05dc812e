using System.Text.Json;

namespace AgentMesh.Agents.Policies;

/// <summary>Gathers what is wrong with a document while it is read.</summary>
internal sealed class PolicyFaults
{
    private readonly List<PolicyFault> _faults = [];

    internal void Add(string at, string detail)
    {
        if (_faults.Count < PolicyLimits.Faults)
            _faults.Add(new PolicyFault(at, detail));
    }

    /// <summary>Whether a value is of its kind; a fault when it is not.</summary>
    internal bool Expect(JsonElement value, JsonValueKind kind, string at, string what)
    {
        if (value.ValueKind == kind)
            return true;
        Add(at, $"must be {what}.");
        return false;
    }

    internal ParsedPolicy ToResult(SpendingPolicy? policy) => new(_faults.Count == 0 ? policy : null, [.. _faults]);

    /// <summary>A member's name as a part of a JSON pointer, cut: it is the caller's text.</summary>
    internal static string Escape(string name) =>
        Primitives.Utf16Text.Cut(name, 64).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
