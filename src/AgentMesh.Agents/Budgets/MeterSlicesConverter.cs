using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.Agents.Budgets;

/// <summary>
/// Slices as one text with spaces between: there are up to 61 of a rolling window, and they are written with every hold.
/// </summary>
internal sealed class MeterSlicesConverter : JsonConverter<ImmutableArray<MeterSlice>>
{
    public override ImmutableArray<MeterSlice> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? [.. reader.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(MeterSliceConverter.Parse)]
            : throw new JsonException("Stored spending is not text.");

    public override void Write(Utf8JsonWriter writer, ImmutableArray<MeterSlice> value, JsonSerializerOptions options) =>
        writer.WriteStringValue(string.Join(' ', value.Select(MeterSliceConverter.Format)));
}
