using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AgentMesh.Primitives.Stored;

/// <summary>
/// Reads a stored record of any shipped version. The version has to be looked for first: daprd reorders members.
/// Anything else, a version of a newer build included, is a <see cref="JsonException"/>, which quarantines the actor that it is of.
/// </summary>
/// <typeparam name="T">The record, of the current version.</typeparam>
/// <param name="current">The version this build writes, from 1.</param>
/// <param name="upcasters">From each earlier version to the next, the first from 1 to 2.</param>
/// <param name="currentType">How the record itself is read and written.</param>
public sealed class VersionedConverter<T>(
    int current, ImmutableArray<Func<JsonObject, JsonObject>> upcasters, JsonTypeInfo<T> currentType) : JsonConverter<T>
    where T : class
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("v", out var v)
            || v.ValueKind != JsonValueKind.Number
            || !v.TryGetInt32(out var version)
            || version < 1
            || version > current)
        {
            throw root.ValueKind == JsonValueKind.Object && root.TryGetProperty("enc", out _)
                ? new EncryptedRecordException($"A stored {typeof(T).Name} is encrypted, and nothing says where its key is.")
                : new JsonException($"A stored {typeof(T).Name} has no version this build knows.");
        }

        if (version == current)
            return root.Deserialize(currentType) ?? throw new JsonException($"A stored {typeof(T).Name} is null.");
        var record = JsonObject.Create(root.Clone())!;
        for (; version < current; version++)
            record = upcasters[version - 1](record);
        return record.Deserialize(currentType) ?? throw new JsonException($"A stored {typeof(T).Name} is null.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, currentType);
}
