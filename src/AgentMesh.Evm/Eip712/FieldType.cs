using System.Globalization;

namespace AgentMesh.Evm.Eip712;

internal enum FieldKind
{
    UnsignedInteger,
    SignedInteger,
    Bool,
    Address,
    FixedBytes,
    Bytes,
    Text,
    Struct,
    Array,
}

/// <summary>
/// The type of a member, read. EIP-712 has Solidity's types without the aliases <c>uint</c> and <c>int</c>, and none of a contract's own.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Bits of an integer, bytes of <c>bytesN</c>, the length of an array (0: any).</param>
/// <param name="Name">The name of a struct type.</param>
/// <param name="Element">The type of an array's elements.</param>
internal sealed record FieldType(FieldKind Kind, int Size = 0, string? Name = null, FieldType? Element = null)
{
    /// <summary>Reads a type. Any identifier that is no type of Solidity is taken for a struct; whether there is one is for the caller.</summary>
    public static FieldType? Parse(string text)
    {
        if (text.Length > TypedDataLimits.MaxNameLength)
            return null;
        var bracket = text.IndexOf('[', StringComparison.Ordinal);
        var type = ParseElement(bracket < 0 ? text : text[..bracket]);
        for (var rest = bracket < 0 ? "" : text[bracket..]; type is not null && rest.Length > 0;)
        {
            var end = rest.IndexOf(']', StringComparison.Ordinal);
            var length = 0;
            // The first pair of brackets is the innermost array: uint8[2][] is any number of pairs.
            if (rest[0] != '[' || end < 0 || end > 1 && !TryParseSize(rest.AsSpan(1, end - 1), int.MaxValue, out length))
                return null;
            type = new FieldType(FieldKind.Array, length, Element: type);
            rest = rest[(end + 1)..];
        }

        return type;
    }

    public static bool IsIdentifier(string text) =>
        text.Length is > 0 and <= TypedDataLimits.MaxNameLength
        && !char.IsAsciiDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$');

    /// <summary>The struct at the bottom of any arrays; null when there is none.</summary>
    public string? StructName() => Element is null ? Name : Element.StructName();

    private static FieldType? ParseElement(string text) => text switch
    {
        "bool" => new FieldType(FieldKind.Bool),
        "address" => new FieldType(FieldKind.Address),
        "bytes" => new FieldType(FieldKind.Bytes),
        "string" => new FieldType(FieldKind.Text),
        _ when IsSized(text, "uint", out var digits) => ParseInteger(FieldKind.UnsignedInteger, digits),
        _ when IsSized(text, "int", out var digits) => ParseInteger(FieldKind.SignedInteger, digits),
        _ when IsSized(text, "bytes", out var digits) => TryParseSize(digits, Bytes32.Length, out var size) ? new FieldType(FieldKind.FixedBytes, size) : null,
        _ => IsIdentifier(text) ? new FieldType(FieldKind.Struct, Name: text) : null,
    };

    private static FieldType? ParseInteger(FieldKind kind, ReadOnlySpan<char> digits) =>
        TryParseSize(digits, 256, out var bits) && bits % 8 == 0 ? new FieldType(kind, bits) : null;

    /// <summary>A word and then nothing but digits: no name of a struct, whatever the number, and without a number an alias.</summary>
    private static bool IsSized(string text, string word, out ReadOnlySpan<char> digits)
    {
        digits = text.StartsWith(word, StringComparison.Ordinal) ? text.AsSpan(word.Length) : "-";
        return !digits.ContainsAnyExceptInRange('0', '9');
    }

    private static bool TryParseSize(ReadOnlySpan<char> digits, int max, out int size) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out size) && digits[0] != '0' && size <= max;
}
