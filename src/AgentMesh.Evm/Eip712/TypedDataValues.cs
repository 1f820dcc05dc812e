using System.Globalization;
using System.Numerics;

namespace AgentMesh.Evm.Eip712;

/// <summary>The word of one value that is neither struct nor array.</summary>
internal static class TypedDataValues
{
    /// <summary>Characters of a number: 78 digits have room for 2^256, with a sign, or 0x and 64.</summary>
    public const int MaxNumberLength = 80;

    /// <summary>What a value of the type looks like, for the sentence of a refusal.</summary>
    public static string Describe(FieldType type) => type.Kind switch
    {
        FieldKind.UnsignedInteger => $"a uint{type.Size}",
        FieldKind.SignedInteger => $"an int{type.Size}",
        FieldKind.Bool => "a bool",
        FieldKind.Address => "an address with the right checksum, or with none",
        FieldKind.FixedBytes => $"{type.Size} bytes",
        FieldKind.Bytes => "bytes",
        _ => "text that has a UTF-8",
    };

    public static bool TryEncode(FieldType type, object value, Span<byte> word)
    {
        switch (type.Kind)
        {
            case FieldKind.UnsignedInteger or FieldKind.SignedInteger:
                return ToInteger(value) is { } number && TryWriteInteger(type, number, word);
            case FieldKind.Bool:
                word.Clear();
                word[^1] = value is true ? (byte)1 : (byte)0;
                return value is bool;
            case FieldKind.Address:
                if (!TryReadAddress(value, out var address))
                    return false;
                address.WriteWord(word);
                return true;
            case FieldKind.FixedBytes:
                if (ToBytes(value) is not { } fixedBytes || fixedBytes.Length != type.Size)
                    return false;
                word.Clear();
                fixedBytes.Span.CopyTo(word);
                return true;
            case FieldKind.Bytes:
                if (ToBytes(value) is not { } bytes)
                    return false;
                Keccak256.CalculateHash(bytes.Span, word);
                return true;
            default:
                if (value is not string text || !StrictUtf8.TryGetBytes(text, out var utf8))
                    return false;
                Keccak256.CalculateHash(utf8, word);
                return true;
        }
    }

    private static bool TryReadAddress(object value, out EvmAddress address)
    {
        if (value is EvmAddress read)
        {
            address = read;
            return true;
        }

        return EvmAddress.TryParseChecked(value as string, out address);
    }

    private static ReadOnlyMemory<byte>? ToBytes(object value) => value switch
    {
        byte[] bytes => bytes,
        ReadOnlyMemory<byte> memory => memory,
        Bytes32 word => word.ToArray(),
        string text when Hex.TryDecode(text, out var bytes) => bytes,
        // Not null: as an array it would turn into memory of no bytes.
        _ => default(ReadOnlyMemory<byte>?),
    };

    private static BigInteger? ToInteger(object value) => value switch
    {
        BigInteger number => number,
        UInt256 number => number.Value,
        int number => number,
        uint number => number,
        long number => number,
        ulong number => number,
        byte number => number,
        string text => ParseInteger(text),
        _ => null,
    };

    /// <summary>Decimal digits with an optional minus, or <c>0x</c> and hex digits, as wallets send them.</summary>
    private static BigInteger? ParseInteger(string text)
    {
        if (text.Length > MaxNumberLength)
            return null;
        var valid = text.StartsWith("0x", StringComparison.Ordinal)
            // A leading zero keeps the number unsigned.
            ? BigInteger.TryParse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) && text.Length > 2
            : BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && text[0] != '+';
        return valid ? number : null;
    }

    private static bool TryWriteInteger(FieldType type, BigInteger number, Span<byte> word)
    {
        if (type.Kind == FieldKind.UnsignedInteger ? number.Sign < 0 || number.GetBitLength() > type.Size : number.GetBitLength() > type.Size - 1)
            return false;
        // Two's complement: the sign fills the word.
        word.Fill(number.Sign < 0 ? byte.MaxValue : byte.MinValue);
        var unsigned = number.Sign >= 0;
        return number.TryWriteBytes(word[(word.Length - number.GetByteCount(unsigned))..], out _, unsigned, isBigEndian: true);
    }
}
