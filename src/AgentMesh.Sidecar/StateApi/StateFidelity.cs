using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

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

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The value as it would come back. What is no JSON stays as it is: daprd never decoded it.</summary>
    public byte[] Apply(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var buffer = new ArrayBufferWriter<byte>(json.Length);
            using (var writer = new Utf8JsonWriter(buffer, Relaxed))
                Write(writer, document.RootElement, new Random(Mix(json)));
            return buffer.WrittenSpan.ToArray();
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

    private static void Write(Utf8JsonWriter writer, JsonElement element, Random order)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                // Go's maps keep the last of two members with one name.
                var members = element.EnumerateObject().GroupBy(member => member.Name, StringComparer.Ordinal).Select(group => group.Last()).ToArray();
                order.Shuffle(members);
                writer.WriteStartObject();
                foreach (var member in members)
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, order);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(writer, item, order);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number when double.IsFinite(element.GetDouble()):
                writer.WriteRawValue(Number(element.GetDouble()), skipInputValidation: true);
                break;
            default:
                element.WriteTo(writer);
                break;
        }
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
