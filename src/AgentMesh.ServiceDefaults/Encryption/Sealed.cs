using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AgentMesh.ServiceDefaults.Encryption;

/// <summary>
/// A record that may be encrypted in the store. In JSON it is the record itself, or <c>{"enc":1,"key":"…","data":"…"}</c>: the form, the id of the master
/// key, and what <see cref="StateKey"/> makes of the record's JSON, in base64.
/// </summary>
/// <typeparam name="T">The record.</typeparam>
public sealed class Sealed<T>
{
    private readonly StateKey? _key;
    private readonly string? _name;
    private readonly JsonTypeInfo<T>? _type;
    private byte[]? _data;
    private T? _value;

    /// <summary>A record that is to be written; encrypted when there is a key.</summary>
    internal Sealed(T value, StateKey? key, string? name) => (_value, _key, _name) = (value, key, name);

    private Sealed(string keyId, byte[] data, JsonTypeInfo<T> type) => (KeyId, _data, _type) = (keyId, data, type);

    /// <summary>The master key of what was read and is not opened; null: there is nothing to open.</summary>
    internal string? KeyId { get; private set; }

    /// <summary>The record; not before it is opened.</summary>
    internal T Value => KeyId is null ? _value! : throw new InvalidOperationException("The record is not opened.");

    /// <summary>Opens it, once.</summary>
    internal T Open(StateKey key, string name)
    {
        var clear = key.Decrypt(name, _data) ?? throw new JsonException($"The encrypted record {name} does not open with its key.");
        _value = JsonSerializer.Deserialize(clear, _type!) ?? throw new JsonException($"The record {name} is null.");
        (KeyId, _data) = (null, null);
        return _value;
    }

    /// <summary>Reads and writes it.</summary>
    internal sealed class Converter : JsonConverter<Sealed<T>>
    {
        private const int Form = 1;

        // Nobody else reads it, and base64 makes every byte cost more: text is not escaped beyond what JSON needs.
        private static readonly JsonWriterOptions ClearOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        public override Sealed<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
            // The members may come in any order: daprd reorders them.
            var start = reader;
            if (!IsEnvelope(ref start))
                return new Sealed<T>(JsonSerializer.Deserialize(ref reader, type) ?? throw new JsonException($"A stored {typeof(T).Name} is null."), null, null);
            using var document = JsonDocument.ParseValue(ref reader);
            var envelope = document.RootElement;
            return envelope.GetProperty("enc") is { ValueKind: JsonValueKind.Number } form && form.TryGetInt32(out var number) && number == Form
                && envelope.TryGetProperty("key", out var key) && key.ValueKind == JsonValueKind.String
                && envelope.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.String && data.TryGetBytesFromBase64(out var bytes)
                    ? new Sealed<T>(key.GetString()!, bytes, type)
                    : throw new JsonException($"An encrypted {typeof(T).Name} has no form this build knows.");
        }

        public override void Write(Utf8JsonWriter writer, Sealed<T> value, JsonSerializerOptions options)
        {
            var type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
            if (value._key is not { } key)
            {
                JsonSerializer.Serialize(writer, value.Value, type);
                return;
            }

            var clear = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(clear, ClearOptions))
                JsonSerializer.Serialize(json, value.Value, type);
            writer.WriteStartObject();
            writer.WriteNumber("enc", Form);
            writer.WriteString("key", key.Id);
            writer.WriteBase64String("data", key.Encrypt(value._name!, clear.WrittenSpan));
            writer.WriteEndObject();
        }

        /// <summary>No record has a member <c>enc</c> of its own.</summary>
        private static bool IsEnvelope(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("enc"u8))
                    return true;
                reader.Read();
                reader.Skip();
            }

            return false;
        }
    }
}
