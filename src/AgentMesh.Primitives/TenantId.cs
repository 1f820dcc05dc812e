using System.Diagnostics.CodeAnalysis;

namespace AgentMesh.Primitives;

/// <summary>The name of a tenant: 1-64 of <c>[a-z0-9._-]</c>, first a letter or digit.</summary>
public readonly record struct TenantId
{
    private readonly string? _value;

    private TenantId(string value) => _value = value;

    /// <summary>The tenant of callers that name none.</summary>
    public static TenantId Default { get; } = new("default");

    /// <summary>Reads a name; false for anything outside the grammar. Nothing is trimmed, folded or truncated.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TenantId id)
    {
        var valid = text is not null && IdGrammar.IsValid(text);
        id = valid ? new TenantId(text!) : default;
        return valid;
    }

    /// <summary>Reads a name.</summary>
    /// <exception cref="FormatException">The text is outside the grammar.</exception>
    public static TenantId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("A tenant id is 1-64 of [a-z0-9._-], first a letter or digit.");

    /// <inheritdoc/>
    public override string ToString() => _value ?? throw new InvalidOperationException("An unset TenantId names nobody.");
}
