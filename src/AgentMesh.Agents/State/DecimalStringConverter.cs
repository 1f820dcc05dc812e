using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.Agents.State;

/// <summary>An integer that can pass 2^53, as a decimal string: daprd sends every JSON number through float64.</summary>
internal sealed class DecimalStringConverter : JsonConverter<long>
{
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        long.TryParse(
            reader.TokenType == JsonTokenType.String ? reader.GetString() : null,
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out var number)
            ? number
            : throw new JsonException("A stored number is not a decimal string.");

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
}
