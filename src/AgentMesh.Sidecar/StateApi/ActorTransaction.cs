using System.Text.Json;

namespace AgentMesh.Sidecar.StateApi;

/// <summary>
/// Reads the transaction of an actor, an array of <see cref="StateChange"/>, from its tokens: it is on the way of every message, and the serializer took a
/// document for each value, and three times as long.
/// </summary>
internal static class ActorTransaction
{
    /// <summary>The items in their order, values byte for byte as they came, null for those to delete.</summary>
    /// <exception cref="JsonException">Not that document, an unknown operation, or an empty key.</exception>
    public static List<StateItem> Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        var items = new List<StateItem>();
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(ReadChange(ref reader, body));
        // What follows is refused by the reader.
        return reader.Read() ? throw Wrong("one array") : items;
    }

    private static StateItem ReadChange(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        var (operation, item) = ("", new StateItem());
        Check(reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("operation"u8))
                operation = ReadText(ref reader);
            else if (reader.ValueTextEquals("request"u8))
                item = ReadItem(ref reader, body);
            else
                Skip(ref reader);
        }

        if (item.Key.Length == 0)
            throw new JsonException("key is missing");
        return operation switch
        {
            // Dapr stores the JSON of what it read: a value that was left out is null.
            "upsert" => item.Value is null ? item with { Value = "null"u8.ToArray() } : item,
            "delete" => item with { Value = null },
            _ => throw new JsonException($"operation is upsert or delete, and not '{operation}'"),
        };
    }

    private static StateItem ReadItem(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        var (key, value, metadata) = ("", default(byte[]), default(IReadOnlyDictionary<string, string>));
        if (Next(ref reader) == JsonTokenType.Null)
            return new StateItem();
        Check(reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("key"u8))
            {
                key = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("value"u8))
            {
                Next(ref reader);
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                value = body[start..(int)reader.BytesConsumed].ToArray();
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                metadata = JsonSerializer.Deserialize(ref reader, StateJson.Default.IReadOnlyDictionaryStringString);
            }
            else
            {
                Skip(ref reader);
            }
        }

        return new StateItem { Key = key, Value = value, Metadata = metadata };
    }

    private static string ReadText(ref Utf8JsonReader reader) => Next(ref reader) switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Null => "",
        _ => throw Wrong("a text"),
    };

    private static void Skip(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        reader.Skip();
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        Next(ref reader);
        Check(reader, type);
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader) => reader.Read() ? reader.TokenType : throw Wrong("more");

    private static void Check(in Utf8JsonReader reader, JsonTokenType type)
    {
        if (reader.TokenType != type)
            throw Wrong(type == JsonTokenType.StartArray ? "an array" : "an object");
    }

    private static JsonException Wrong(string expected) => new($"{expected} is expected");
}
