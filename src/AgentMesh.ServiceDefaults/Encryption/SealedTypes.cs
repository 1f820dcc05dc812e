using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentMesh.ServiceDefaults.Encryption;

/// <summary>Which records of an app are <see cref="Sealed{T}"/>: those that have what users and models say.</summary>
public sealed class SealedTypes : IJsonTypeInfoResolver
{
    private readonly Dictionary<Type, Func<JsonSerializerOptions, JsonTypeInfo>> _infos = [];
    private readonly HashSet<Type> _records = [];

    /// <summary>The records.</summary>
    public IReadOnlyCollection<Type> Records => _records;

    /// <summary>Adds one.</summary>
    public SealedTypes Add<T>()
    {
        _records.Add(typeof(T));
        _infos.Add(typeof(Sealed<T>), static options => JsonMetadataServices.CreateValueInfo<Sealed<T>>(options, new Sealed<T>.Converter()));
        return this;
    }

    /// <summary>The record is one of them.</summary>
    public bool Contains(Type record) => _records.Contains(record);

    /// <inheritdoc/>
    public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options) => _infos.TryGetValue(type, out var create) ? create(options) : null;
}
