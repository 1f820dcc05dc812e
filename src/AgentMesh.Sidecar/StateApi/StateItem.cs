using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.Sidecar.StateApi;

/// <summary>One change as a caller of a state API asks for it.</summary>
internal sealed record StateItem
{
    /// <summary>Without prefix.</summary>
    public string Key { get; init => field = value ?? ""; } = "";

    /// <summary>JSON byte for byte as it came; null deletes.</summary>
    [JsonConverter(typeof(RawJson))]
    public byte[]? Value { get; init; }

    /// <summary>Null or empty: any version.</summary>
    public string? Etag { get; init; }

    public StateItemOptions? Options { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary><c>ttlInSeconds</c> as it came; null: not given.</summary>
    [JsonIgnore]
    public string? Ttl => Metadata?.GetValueOrDefault("ttlInSeconds");
}

/// <param name="Concurrency">One of the two below; null or empty: the caller did not say.</param>
internal sealed record StateItemOptions(string? Concurrency)
{
    /// <summary>Later writes need the ETag.</summary>
    public const string FirstWrite = "first-write";

    public const string LastWrite = "last-write";
}

/// <summary>One operation of a transaction.</summary>
/// <param name="Operation"><c>upsert</c> or <c>delete</c>.</param>
/// <param name="Request">What to write or delete.</param>
internal sealed record StateChange(string? Operation, StateItem? Request);

/// <summary>The body of <c>POST /v1.0/state/{store}/transaction</c>.</summary>
internal sealed record StateTransaction(IReadOnlyList<StateChange?>? Operations);

/// <summary>The body of <c>POST /v1.0/state/{store}/bulk</c>.</summary>
internal sealed record StateKeys(IReadOnlyList<string?>? Keys);

/// <summary>The bodies of the state APIs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<StateItem?>))]
[JsonSerializable(typeof(StateTransaction))]
[JsonSerializable(typeof(StateKeys))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class StateJson : JsonSerializerContext;

/// <summary>A value that is not looked at.</summary>
internal sealed class RawJson : JsonConverter<byte[]>
{
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray();
    }

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteRawValue(value);
}
