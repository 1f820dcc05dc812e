using System.Diagnostics.CodeAnalysis;

namespace AgentMesh.Primitives;

/// <summary>The name of a topic that agents of a tenant join: 1-64 of <c>[a-z0-9._-]</c>, first a letter or digit.</summary>
public readonly record struct TopicName
{
    private readonly string? _value;

    private TopicName(string value) => _value = value;

    /// <summary>Reads a name; false for anything outside the grammar. Nothing is trimmed, folded or truncated.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TopicName name)
    {
        var valid = text is not null && IdGrammar.IsValid(text);
        name = valid ? new TopicName(text!) : default;
        return valid;
    }

    /// <summary>Reads a name.</summary>
    /// <exception cref="FormatException">The text is outside the grammar.</exception>
    public static TopicName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException("The name of a topic is 1-64 of [a-z0-9._-], first a letter or digit.");

    /// <inheritdoc/>
    public override string ToString() => _value ?? throw new InvalidOperationException("An unset TopicName names nothing.");
}
