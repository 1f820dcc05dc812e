using System.Globalization;
using System.Text;
using CsCheck;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>What readers of bytes, of texts, of numbers and of JSON have stumbled over.</summary>
internal static class Evil
{
    private const int Deep = 10_000;

    /// <summary>Longer than a message may be.</summary>
    private const int Long = 70_000;

    /// <summary>Longer than a body may be.</summary>
    private const int TooLong = 1024 * 1024 + 1;

    /// <summary>A text as it stands in JSON, with its quotes.</summary>
    public static Gen<string> JsonText { get; } = Gens.Mix(
        (40, Gens.Of(
            "\"\"", "\" \"", "\"\\t\\n\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"a\\udfffb\"", "\"\\ufeff\"", "\"\\uffff\"", "\"\\ufdd0\"",
            "\"\u202e\u2066gpj.exe\"", "\"\u200b\"", "\"e\u0301\u0301\u0301\"", "\"\ud83d\ude00\"", "\"\ud83d\udc69\u200d\ud83d\udc67\"", "\"\u0130\u0131\u017f\"", "\"null\"", "\"NaN\"", "\"-0\"",
            "\"1e400\"", "\"true\"", "\"[]\"", "\"../../../etc/passwd\"", "\"..%2f..%2f\"", "\"%00\"", "\"' OR 1=1 --\"", "\"<script>alert(1)</script>\"", "\"${jndi:ldap://x}\"", "\"{0}{1}\"",
            "\"%s%n\"", "\"a||b\"", "\"default:other\"", "\"\\r\\nX-A: b\"", "\"raw\u0001control\"", "\"not\nclosed", "\"\\x\"", "\"\\u12\"", "'single'", "\"constructor\"", "\"__proto__\"", "\"\\/\"")),
        (5, Gen.Int[0, Long].Select(length => $"\"{new string('a', length)}\"")),
        (2, Gen.Int[0, Long / 3].Select(length => $"\"{new string('\u20ac', length)}\"")),
        (1, Gen.Const($"\"{new string('a', TooLong)}\"")),
        (5, Gen.String[0, 40].Select(text => System.Text.Json.JsonSerializer.Serialize(text))));

    /// <summary>A number as it stands in JSON, or what looks like one.</summary>
    public static Gen<string> Number { get; } = Gens.Mix(
        (30, Gens.Of(
            "0", "-0", "-1", "1", "0.5", "1.0", "1e0", "1e2", "1E+2", "1e400", "-1e400", "1e-400", "2147483647", "2147483648", "-2147483649", "9007199254740993", "9223372036854775807", "9223372036854775808",
            "-9223372036854775808", "18446744073709551615", "18446744073709551616", "79228162514264337593543950336", "01", "+1", "1.", ".5", "NaN", "Infinity", "-Infinity", "0x10", "1_000", "--1", "1e", "\u0661")),
        (2, Gen.Int[100, 400].Select(length => new string('9', length))),
        (1, Gen.Int[100, 400].Select(length => $"0.{new string('3', length)}")),
        (5, Gen.Long.Select(number => number.ToString(CultureInfo.InvariantCulture))),
        (5, Gen.Double.Select(number => number.ToString("R", CultureInfo.InvariantCulture))));

    /// <summary>A value of JSON of whatever kind.</summary>
    public static Gen<string> Json { get; } = Gens.Mix(
        (10, JsonText),
        (6, Number),
        (10, Gens.Of("null", "true", "false", "{}", "[]", "[null]", "{\"a\":{}}", "[[[]]]", "{\"\":0}", "nul", "TRUE", "undefined", "/* */1", "{\"a\":1,}", "[1,]", "{\"a\" 1}", "{\"a\":1", "", " ", "{\"$ref\":\"#\"}", "{\"$type\":\"System.Object\"}")),
        (2, Gen.Int[1, 100].Select(depth => $"{new string('[', depth)}{new string(']', depth)}")),
        (1, Gen.Int[1, 100].Select(depth => $"{string.Concat(Enumerable.Repeat("{\"a\":", depth))}1{new string('}', depth)}")),
        (1, Gen.Const($"{new string('[', Deep)}{new string(']', Deep)}")),
        (1, Gen.Const(new string('[', Deep))),
        (1, Gen.Int[0, 3000].Select(count => $"[{string.Join(',', Enumerable.Repeat("0", count))}]")),
        (1, Gen.Int[0, 2000].Select(count => $"{{{string.Join(',', Enumerable.Range(0, count).Select(n => $"\"m{n}\":{n}"))}}}")));

    /// <summary>What stands in a path, a query or a header, as it is sent.</summary>
    public static Gen<string> Segment { get; } = Gens.Mix(
        (30, Gens.Of(
            "", "%20", "+", "..", ".", "%2e%2e", "..%2f..%2fadmin", "..%5c", "%2F", "%252f", "%00", "a%00b", "%c0%ae", "%e0%80%af", "%ed%a0%80", "%ff", "%zz", "%", "%1", "%u0041", "a%0d%0aX-A:b", "\u00e9", "%C3%A9",
            "%E2%80%AE", "A", "-a", "_a", "a|b", "a||b", "a:b", "default:a", "a%3ab", ";a=b", "a;b", "a?b", "a#b", "a&b=c", "{userId}", "[a]", "\"", "'", "<a>", "`", "\\", "~", "*", "a%2500", "con", "null", "undefined", "0",
            "-1", "1", "1.5", "1e3", "NaN", "true", "9223372036854775807", "9223372036854775808", "18446744073709551616", "00", "0x1", "%31", "1,2", "2026-11-27T00:00:00Z")),
        (3, Gen.Int[1, 130].Select(length => new string('a', length))),
        (1, Gen.Int[130, 7000].Select(length => new string('a', length))),
        (1, Gen.Int[2, 400].Select(count => string.Concat(Enumerable.Repeat("../", count)))),
        (3, Gen.Byte.Array[1, 12].Select(bytes => string.Concat(bytes.Select(one => $"%{one:x2}")))));

    /// <summary>Bytes that are no text, or not the one they seem to be.</summary>
    public static Gen<byte[]> Bytes { get; } = Gens.Mix(
        (10, Gens.Of<byte[]>([0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xFE, 0xFF], [0], [0xEF, 0xBB, 0xBF], [0xC3], [0x1A], [0x0D, 0x0A], [0x22], [0x5C], [0x7D], [0x2C], "{}"u8.ToArray())),
        (5, Gen.Byte.Array[0, 200]));

    /// <summary>A text that was good, damaged in one place.</summary>
    public static Gen<byte[]> Damage(byte[] good) => Gen.Select(Gen.Int[0, good.Length], Gen.Int[0, 8], Bytes, (at, how, bytes) => how switch
    {
        0 or 1 => good[..at],
        2 or 3 => [.. good[..at], .. bytes, .. good[at..]],
        4 => [.. Encoding.UTF8.Preamble, .. good],
        5 => [.. good, .. bytes],
        6 => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(good)),
        7 when at < good.Length => [.. good[..at], (byte)(good[at] ^ 0x80), .. good[(at + 1)..]],
        _ => [.. Encoding.UTF8.GetBytes(new string(' ', at)), .. good, .. good],
    });
}
