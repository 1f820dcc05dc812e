using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.Agents.State;

/// <summary>An amount in atomic units as a decimal string.</summary>
internal sealed class AtomicAmountConverter : JsonConverter<UInt128>
{
    public override UInt128 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        UInt128.TryParse(
            reader.TokenType == JsonTokenType.String ? reader.GetString() : null, NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
            ? amount
            : throw new JsonException("A stored amount is not a decimal string.");

    public override void Write(Utf8JsonWriter writer, UInt128 value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
}
