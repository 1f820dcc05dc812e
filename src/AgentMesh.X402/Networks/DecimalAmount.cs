using System.Globalization;
using System.Numerics;
using AgentMesh.Evm;

namespace AgentMesh.X402.Networks;

/// <summary>Amounts as people write them, and atomic units. Integers throughout: there is no rounding, only a no.</summary>
public static class DecimalAmount
{
    // 2^256 - 1 has 78 digits; a dollar sign, a point, and zeros.
    private const int MaxLength = 160;

    /// <summary>
    /// Reads <c>0.10</c> or <c>$0.10</c> as atomic units. False for a sign, a space, an exponent, a point without digits on both sides, a
    /// leading zero before another digit, and for more digits behind the point than the token has, even zeros.
    /// </summary>
    public static bool TryParse(string? text, int decimals, out UInt256 amountAtomic)
    {
        amountAtomic = default;
        if (text is null || text.Length > MaxLength)
            return false;
        var number = text.AsSpan(text.StartsWith('$') ? 1 : 0);
        var point = number.IndexOf('.');
        var whole = point < 0 ? number : number[..point];
        var fraction = point < 0 ? [] : number[(point + 1)..];
        if (whole.IsEmpty || point >= 0 && fraction.IsEmpty || fraction.Length > decimals
            || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9')
            || whole.Length > 1 && whole[0] == '0')
        {
            return false;
        }

        var digits = string.Concat(whole, fraction, new string('0', decimals - fraction.Length));
        return UInt256.TryCreate(BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture), out amountAtomic);
    }

    /// <summary>Writes atomic units for people, without zeros at the end: 100000 of a token with 6 decimals is <c>0.1</c>.</summary>
    public static string Format(UInt256 amountAtomic, int decimals)
    {
        var digits = amountAtomic.ToString().PadLeft(decimals + 1, '0');
        var fraction = digits[^decimals..].TrimEnd('0');
        return fraction.Length == 0 ? digits[..^decimals] : $"{digits[..^decimals]}.{fraction}";
    }
}
