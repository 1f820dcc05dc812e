using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.Agents.Budgets;

/// <summary>A slice as its Unix milliseconds, a colon and its amount.</summary>
internal sealed class MeterSliceConverter : JsonConverter<MeterSlice>
{
    public override MeterSlice Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(reader.TokenType == JsonTokenType.String ? reader.GetString()! : "");

    public override void Write(Utf8JsonWriter writer, MeterSlice value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));

    internal static string Format(MeterSlice slice) => string.Create(CultureInfo.InvariantCulture, $"{slice.At.ToUnixTimeMilliseconds()}:{slice.Amount}");

    internal static MeterSlice Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            && UInt128.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
                ? new MeterSlice(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), amount)
                : throw new JsonException("Stored spending cannot be read.");
    }
}
