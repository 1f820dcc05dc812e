using System.Globalization;
using System.Numerics;

namespace AgentMesh.Evm;

/// <summary>
/// A <c>uint256</c>: an amount in atomic units, a time in seconds, a chain id. A decimal string on the wire. Arithmetic is
/// <see cref="Value"/>'s, and making one from the outcome checks the range.
/// </summary>
public readonly record struct UInt256
{
    /// <summary>The number of bytes.</summary>
    public const int Length = 32;

    // 2^256 - 1 has 78 digits.
    private const int MaxDigits = 78;

    /// <summary>Holds a number of 0 to 2^256 - 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below or above.</exception>
    public UInt256(BigInteger value)
    {
        if (!IsInRange(value))
            throw new ArgumentOutOfRangeException(nameof(value), "A uint256 is 0 to 2^256 - 1.");
        Value = value;
    }

    /// <summary>Reads 32 bytes, the most significant first.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32.</exception>
    public UInt256(ReadOnlySpan<byte> bigEndian)
    {
        if (bigEndian.Length != Length)
            throw new ArgumentException("32 bytes are needed.", nameof(bigEndian));
        Value = new BigInteger(bigEndian, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>2^256 - 1.</summary>
    public static UInt256 MaxValue { get; } = new((BigInteger.One << 256) - 1);

    /// <summary>The number.</summary>
    public BigInteger Value { get; }

    /// <summary>
    /// Reads decimal digits. One number has one text: no sign, space, exponent, hex or leading zero, so that a re-spelt amount is not
    /// another amount.
    /// </summary>
    public static bool TryParse(string? text, out UInt256 value)
    {
        value = default;
        if (text is null || text.Length is 0 or > MaxDigits || text.AsSpan().ContainsAnyExceptInRange('0', '9') || text[0] == '0' && text.Length > 1)
            return false;
        return TryCreate(BigInteger.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture), out value);
    }

    /// <summary>Reads decimal digits, as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static UInt256 Parse(string text) =>
        TryParse(text, out var value) ? value : throw new FormatException("A uint256 is 0 to 2^256 - 1 in decimal digits.");

    /// <summary>Checks the range.</summary>
    public static bool TryCreate(BigInteger value, out UInt256 result)
    {
        var valid = IsInRange(value);
        result = valid ? new UInt256(value) : default;
        return valid;
    }

    /// <summary>Any <c>ulong</c> is a <c>uint256</c>.</summary>
    public static implicit operator UInt256(ulong value) => FromUInt64(value);

    /// <summary>Any <c>ulong</c> is a <c>uint256</c>.</summary>
    public static UInt256 FromUInt64(ulong value) => new(value);

    /// <summary>Writes 32 bytes, the most significant first, to the front of the destination.</summary>
    public void CopyTo(Span<byte> destination)
    {
        var word = destination[..Length];
        word.Clear();
        Value.TryWriteBytes(word[(Length - Value.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>The decimal digits.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    private static bool IsInRange(BigInteger value) => value.Sign >= 0 && value.GetBitLength() <= 8 * Length;
}
