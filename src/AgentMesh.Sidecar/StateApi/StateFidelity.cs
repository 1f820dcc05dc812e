using System.Globalization;
using System.Text.Json;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.PubSub;

namespace AgentMesh.Sidecar.StateApi;

/// <summary>
/// What real daprd and its Redis component do to JSON: every number becomes a float64 and is written by json-iterator's fastest
/// profile with at most six decimals, members of objects come back in any order. An app that survives this survives the real thing.
/// </summary>
/// <param name="seed">Chooses the order of members, together with the value: the same value always gets the same order.</param>
internal sealed class StateFidelity(int seed)
{
    /// <summary>Above this json-iterator writes all digits (<c>WriteFloat64Lossy</c>: 0x4ffffff).</summary>
    private const double FullPrecisionAbove = 0x4ffffff;

    private const ulong Decimals = 1_000_000;

    /// <summary>The value as it would come back. What is no JSON stays as it is: daprd never decoded it.</summary>
    public byte[] Apply(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var order = new Random(Mix(json));
            return HttpAnswer.WriteJson(writer => JsonText.Rewrite(writer, document.RootElement, order.Shuffle, Number)).ToArray();
        }
        catch (JsonException)
        {
            return json;
        }
    }

    /// <summary>One number as json-iterator writes it.</summary>
    public static string Number(double number)
    {
        var magnitude = Math.Abs(number);
        var sign = number < 0 ? "-" : "";
        if (magnitude > FullPrecisionAbove)
            return Shortest(number);
        var scaled = (ulong)(magnitude * Decimals + 0.5);
        var fraction = scaled % Decimals;
        return fraction == 0
            ? $"{sign}{scaled / Decimals}"
            : $"{sign}{scaled / Decimals}.{fraction.ToString("D6", CultureInfo.InvariantCulture).TrimEnd('0')}";
    }

    // Go's strconv with 'f' below 10^21 and 'e' from there: the shortest digits that read back as the same float64.
    private static string Shortest(double number)
    {
        var digits = number.ToString("R", CultureInfo.InvariantCulture);
        return Math.Abs(number) < 1e21
            ? decimal.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : digits.Replace('E', 'e');
    }

    // FNV-1a, the same in every process.
    private int Mix(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261u ^ (uint)seed;
        foreach (var value in bytes)
            hash = (hash ^ value) * 16777619u;
        return (int)(hash & int.MaxValue);
    }
}
