using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentMesh.Testing;

/// <summary>
/// What real daprd and its Redis component do to a JSON value of actor state: every number goes through float64 and is written
/// with at most six decimals (json-iterator's lossy float encoder), members of objects come back in any order.
/// </summary>
public static class DaprdFidelity
{
    /// <summary>Above this json-iterator writes all digits (0x4ffffff in its <c>WriteFloat64Lossy</c>).</summary>
    private const double FullPrecisionAbove = 0x4ffffff;

    /// <summary>The value as it would come back.</summary>
    /// <param name="json">What the app wrote.</param>
    /// <param name="seed">Chooses the order of members.</param>
    public static string Damage(string json, int seed)
    {
        var order = new Random(seed);
        return Damage(JsonNode.Parse(json), order)?.ToJsonString() ?? "null";
    }

    private static JsonNode? Damage(JsonNode? node, Random order)
    {
        switch (node)
        {
            case JsonObject members:
                var shuffled = members.Select(member => KeyValuePair.Create(member.Key, Damage(member.Value, order))).ToArray();
                order.Shuffle(shuffled);
                return new JsonObject(shuffled);
            case JsonArray items:
                return new JsonArray([.. items.Select(item => Damage(item, order))]);
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                return JsonNode.Parse(Number(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)));
            default:
                return node?.DeepClone();
        }
    }

    private static string Number(double number) => Math.Abs(number) > FullPrecisionAbove
        ? Shortest(number)
        : (Math.Floor(Math.Abs(number) * 1e6 + 0.5) / 1e6 * Math.Sign(number)).ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>The shortest digits that read back as the same float64; below 10^21 without an exponent.</summary>
    private static string Shortest(double number)
    {
        var digits = number.ToString("R", CultureInfo.InvariantCulture);
        return Math.Abs(number) < 1e21
            ? decimal.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : digits;
    }
}
