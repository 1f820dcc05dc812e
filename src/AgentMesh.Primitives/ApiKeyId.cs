using System.Diagnostics.CodeAnalysis;

namespace AgentMesh.Primitives;

/// <summary>Which API key of a tenant: 8 random bytes as 13 characters of base32. It is no secret: people tell keys apart by it, and logs may name it.</summary>
public readonly record struct ApiKeyId
{
    /// <summary>Random bytes of an id.</summary>
    public const int Bytes = 8;

    /// <summary>Characters of an id.</summary>
    public const int Length = 13;

    private readonly string? _value;

    private ApiKeyId(string value) => _value = value;

    /// <summary>What the key begins with, <c>amk_{id}</c>: the part of it that people are shown.</summary>
    public string Prefix => ApiKeyText.Start + this;

    /// <summary>The id of random bytes.</summary>
    /// <param name="random"><see cref="Bytes"/> of them.</param>
    public static ApiKeyId Of(ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, Bytes);
        return new ApiKeyId(Base32.Encode(random));
    }

    /// <summary>Reads an id; false for anything that <see cref="Of"/> does not make.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ApiKeyId id)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        var valid = text is not null && Base32.TryDecode(text, bytes);
        id = valid ? new ApiKeyId(text!) : default;
        return valid;
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static ApiKeyId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("The id of an API key is 8 bytes as 13 characters of [a-z2-7].");

    /// <inheritdoc/>
    public override string ToString() => _value ?? throw new InvalidOperationException("An unset ApiKeyId names no key.");
}
