using System.Text.Json;

namespace AgentMesh.Sidecar.StateApi;

/// <summary>Reads the JSON bodies of the state API over HTTP.</summary>
/// <param name="fidelity">What is done to values; null: they are kept as they came.</param>
internal sealed class StateBody(StateFidelity? fidelity)
{
    /// <summary>An array of items to save.</summary>
    /// <exception cref="JsonException">Not that document.</exception>
    public IReadOnlyList<StateItem> ReadItems(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        return [.. Items(document.RootElement, "an array of items is expected").Select(item => ReadItem(item, deletes: false))];
    }

    /// <summary>The operations of a transaction: upsert or delete, and the item; a name that is neither comes back as it is.</summary>
    /// <exception cref="JsonException">Not that document.</exception>
    public (IReadOnlyList<StateItem> Items, string? UnknownOperation) ReadTransaction(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = Object(document.RootElement, "an object is expected");
        if (!root.TryGetProperty("operations", out var operations))
            return ([], null);
        var items = new List<StateItem>();
        foreach (var operation in Items(operations, "operations is an array"))
        {
            var name = Text(Object(operation, "an operation is an object"), "operation") ?? "";
            if (name is not ("upsert" or "delete"))
                return ([], name);
            items.Add(ReadItem(operation.TryGetProperty("request", out var request) ? request : default, deletes: name == "delete"));
        }

        return (items, null);
    }

    /// <summary>The keys of a bulk read.</summary>
    /// <exception cref="JsonException">Not that document.</exception>
    public static IReadOnlyList<string> ReadKeys(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        return Object(document.RootElement, "an object is expected").TryGetProperty("keys", out var keys)
            ? [.. Items(keys, "keys is an array").Select(key => key.ValueKind == JsonValueKind.String ? key.GetString()! : throw new JsonException("a key is a text"))]
            : [];
    }

    /// <summary>Dapr's words; null when the text is empty.</summary>
    /// <exception cref="FormatException">Another text.</exception>
    public static WriteConcurrency? ReadConcurrency(string? text) => text switch
    {
        null or "" => null,
        "first-write" => WriteConcurrency.FirstWrite,
        "last-write" => WriteConcurrency.LastWrite,
        _ => throw new FormatException($"unrecognized concurrency model '{text}'"),
    };

    private StateItem ReadItem(JsonElement item, bool deletes)
    {
        Object(item, "an item is an object");
        var options = item.TryGetProperty("options", out var given) && given.ValueKind != JsonValueKind.Null ? Object(given, "options is an object") : default;
        var metadata = item.TryGetProperty("metadata", out var entries) && entries.ValueKind != JsonValueKind.Null ? Object(entries, "metadata is an object") : default;
        return new StateItem(Text(item, "key") ?? "", deletes ? null : ReadValue(item))
        {
            ETag = Text(item, "etag"),
            Concurrency = options.ValueKind == JsonValueKind.Object ? ReadConcurrency(Text(options, "concurrency")) : null,
            Ttl = metadata.ValueKind == JsonValueKind.Object ? Text(metadata, StateItem.TtlName) : null,
        };
    }

    // A value that was left out is null, and null is stored.
    private byte[] ReadValue(JsonElement item)
    {
        var json = item.TryGetProperty("value", out var value) ? System.Text.Encoding.UTF8.GetBytes(value.GetRawText()) : "null"u8.ToArray();
        return fidelity is null ? json : fidelity.Apply(json);
    }

    private static JsonElement Object(JsonElement element, string complaint) =>
        element.ValueKind == JsonValueKind.Object ? element : throw new JsonException(complaint);

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string complaint) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw new JsonException(complaint);

    private static string? Text(JsonElement element, string name) => !element.TryGetProperty(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => throw new JsonException($"{name} is a text"),
    };
}
