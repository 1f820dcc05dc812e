using System.Text.Json;
using System.Text.Json.Serialization;
using AgentMesh.Agents.Conversation;

namespace AgentMesh.Agents.State;

/// <summary>Packed entries as base64.</summary>
internal sealed class PackedEntriesConverter : JsonConverter<PackedEntries>
{
    public override PackedEntries Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out var bytes)
            ? bytes.Length == 0 ? PackedEntries.Empty : new PackedEntries(bytes)
            : throw new JsonException("Stored entries are not base64.");

    public override void Write(Utf8JsonWriter writer, PackedEntries value, JsonSerializerOptions options) =>
        writer.WriteBase64StringValue(value.Bytes);
}
