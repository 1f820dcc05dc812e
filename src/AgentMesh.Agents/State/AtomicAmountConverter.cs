using System.Text.Json;
using System.Text.Json.Serialization;
using AgentMesh.Agents.Policies;

namespace AgentMesh.Agents.State;

/// <summary>An amount as a decimal string: daprd sends every JSON number through float64.</summary>
internal sealed class AtomicAmountConverter : JsonConverter<UInt128>
{
    public override UInt128 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AtomicAmount.TryParse(reader.TokenType == JsonTokenType.String ? reader.GetString() : null, out var amount)
            ? amount
            : throw new JsonException("A stored amount is not a decimal string.");

    public override void Write(Utf8JsonWriter writer, UInt128 value, JsonSerializerOptions options) => writer.WriteStringValue(AtomicAmount.Format(value));
}
