using System.Diagnostics.CodeAnalysis;

namespace AgentMesh.Primitives;

/// <summary>The name of a user: 1-64 of <c>[a-z0-9._-]</c>, first a letter or digit.</summary>
public readonly record struct UserId
{
    private readonly string? _value;

    private UserId(string value) => _value = value;

    /// <summary>Reads a name; false for anything outside the grammar. Nothing is trimmed, folded or truncated.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out UserId id)
    {
        var valid = text is not null && IdGrammar.IsValid(text);
        id = valid ? new UserId(text!) : default;
        return valid;
    }

    /// <summary>Reads a name.</summary>
    /// <exception cref="FormatException">The text is outside the grammar.</exception>
    public static UserId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("A user id is 1-64 of [a-z0-9._-], first a letter or digit.");

    /// <inheritdoc/>
    public override string ToString() => _value ?? throw new InvalidOperationException("An unset UserId names nobody.");
}
