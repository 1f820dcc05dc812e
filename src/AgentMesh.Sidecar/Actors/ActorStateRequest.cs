using System.Text.Json;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Actors;

/// <summary>
/// Reads the body of an actor state transaction: an array of <c>{"operation":"upsert|delete","request":{"key","value","metadata"}}</c>.
/// Values are taken over byte for byte, without building a document.
/// </summary>
internal static class ActorStateRequest
{
    /// <summary>Reads all operations; keys get <paramref name="keyPrefix"/>.</summary>
    /// <exception cref="JsonException">Not that document, an unknown operation, or an empty key.</exception>
    /// <exception cref="NotSupportedException">A time to live: daprd refuses it unless the feature ActorStateTTL is on.</exception>
    public static List<StateOperation> Parse(ReadOnlySpan<byte> body, string keyPrefix)
    {
        var reader = new Utf8JsonReader(body);
        Require(reader.Read() && reader.TokenType == JsonTokenType.StartArray, "an array of operations is expected");
        var operations = new List<StateOperation>(4);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            operations.Add(ReadOperation(ref reader, body, keyPrefix));
        Require(!reader.Read(), "nothing may follow the array");
        return operations;
    }

    private static StateOperation ReadOperation(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, string keyPrefix)
    {
        Require(reader.TokenType == JsonTokenType.StartObject, "an operation is an object");
        bool? upsert = null;
        string? key = null;
        byte[]? value = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("operation"u8))
            {
                reader.Read();
                upsert = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("upsert"u8) ? true
                    : reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("delete"u8) ? false
                    : throw new JsonException("operation is upsert or delete");
            }
            else if (reader.ValueTextEquals("request"u8))
            {
                reader.Read();
                (key, value) = ReadRequest(ref reader, body);
            }
            else
            {
                reader.Skip();
            }
        }

        Require(upsert is not null, "operation is missing");
        Require(!string.IsNullOrEmpty(key), "key is missing");
        // Dapr stores the JSON of what it read: a value that was left out is null.
        return new StateOperation(keyPrefix + key, upsert == true ? value ?? "null"u8.ToArray() : null);
    }

    private static (string? Key, byte[]? Value) ReadRequest(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        Require(reader.TokenType == JsonTokenType.StartObject, "request is an object");
        string? key = null;
        byte[]? value = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("key"u8))
            {
                reader.Read();
                key = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException("key is a string");
            }
            else if (reader.ValueTextEquals("value"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                value = body[start..(int)reader.BytesConsumed].ToArray();
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                ReadMetadata(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return (key, value);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("ttlInSeconds"u8))
                throw new NotSupportedException("ttl on actor state needs the feature flag ActorStateTTL, which is off");
            reader.Skip();
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
            throw new JsonException(message);
    }
}
