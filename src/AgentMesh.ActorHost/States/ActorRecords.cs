using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dapr.Actors.Runtime;

namespace AgentMesh.ActorHost.States;

/// <summary>
/// An actor's state over <see cref="StateTransport"/>, with the rules of the SDK's own manager: what was read or set is in memory until it is unloaded, that a
/// key is missing is remembered, and what was changed is saved in one transaction. Reading and setting a key asks the store at most once.
/// </summary>
/// <param name="transport">The way to the store.</param>
/// <param name="actor">The actor, <c>type/id</c>.</param>
internal sealed class ActorRecords(StateTransport transport, string actor) : AgentStateManager
{
    private enum Change
    {
        None,
        Upsert,
        Remove,
    }

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public override async Task<ConditionalValue<T>> TryGetStateAsync<T>(string stateName, CancellationToken cancellationToken = default)
    {
        var entry = await LoadAsync<T>(stateName, cancellationToken);
        return entry.Exists ? new ConditionalValue<T>(true, ((Entry<T>)entry).Value) : default;
    }

    public override async Task<T> GetOrAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default)
    {
        var entry = await LoadAsync<T>(stateName, cancellationToken);
        if (entry.Exists)
            return ((Entry<T>)entry).Value;
        _entries[stateName] = new Entry<T> { Value = value, Exists = true, IsStored = entry.IsStored, Change = Change.Upsert };
        return value;
    }

    public override Task SetStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default)
    {
        var isStored = _entries.TryGetValue(stateName, out var known) ? known.IsStored : null;
        if (known is Entry<T> same)
            (same.Value, same.Exists, same.Change) = (value, true, Change.Upsert);
        else
            _entries[stateName] = new Entry<T> { Value = value, Exists = true, IsStored = isStored, Change = Change.Upsert };
        return Task.CompletedTask;
    }

    public override async Task<bool> TryRemoveStateAsync(string stateName, CancellationToken cancellationToken = default)
    {
        if (!_entries.TryGetValue(stateName, out var entry) || entry is { Exists: true, IsStored: null })
        {
            var isStored = (await transport.GetAsync(actor, stateName, cancellationToken)).Length > 0;
            if (entry is null)
                _entries[stateName] = entry = new Entry<bool> { Exists = isStored };
            entry.IsStored = isStored;
        }

        if (!entry.Exists)
            return false;
        _entries[stateName] = new Entry<bool> { IsStored = entry.IsStored, Change = entry.IsStored == true ? Change.Remove : Change.None };
        return true;
    }

    public override async Task RemoveStateAsync(string stateName, CancellationToken cancellationToken = default)
    {
        if (!await TryRemoveStateAsync(stateName, cancellationToken))
            throw new KeyNotFoundException($"There is no state {stateName}.");
    }

    public override async Task<bool> ContainsStateAsync(string stateName, CancellationToken cancellationToken = default) =>
        _entries.TryGetValue(stateName, out var entry) ? entry.Exists : (await transport.GetAsync(actor, stateName, cancellationToken)).Length > 0;

    public override Task UnloadStateAsync(string stateName, UnloadStateOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (_entries.TryGetValue(stateName, out var entry))
        {
            if (entry.Change != Change.None && options is not { AllowUnloadingWhenStateModified: true })
                throw new InvalidOperationException($"{stateName} was changed and is not saved.");
            _entries.Remove(stateName);
        }

        return Task.CompletedTask;
    }

    public override Task ClearCacheAsync(CancellationToken cancellationToken = default)
    {
        _entries.Clear();
        return Task.CompletedTask;
    }

    public override async Task SaveStateAsync(CancellationToken cancellationToken = default)
    {
        if (!HasChanges())
            return;
        await transport.TransactAsync(actor, Write, cancellationToken);
        foreach (var (name, entry) in _entries)
        {
            if (entry.Change == Change.Remove)
                _entries.Remove(name);
            else if (entry.Change == Change.Upsert)
                (entry.Change, entry.IsStored) = (Change.None, true);
        }
    }

    private bool HasChanges()
    {
        foreach (var entry in _entries.Values)
        {
            if (entry.Change != Change.None)
                return true;
        }

        return false;
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var (name, entry) in _entries)
        {
            if (entry.Change == Change.None)
                continue;
            json.WriteStartObject();
            json.WriteString("operation"u8, entry.Change == Change.Remove ? "delete"u8 : "upsert"u8);
            json.WriteStartObject("request"u8);
            json.WriteString("key"u8, name);
            if (entry.Change == Change.Upsert)
            {
                json.WritePropertyName("value"u8);
                entry.Write(json, transport.Json);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private ValueTask<Entry> LoadAsync<T>(string name, CancellationToken cancellationToken)
    {
        return _entries.TryGetValue(name, out var known) ? ValueTask.FromResult(known) : AskAsync();

        async ValueTask<Entry> AskAsync()
        {
            var json = await transport.GetAsync(actor, name, cancellationToken);
            var entry = json.Length == 0
                ? new Entry<T> { IsStored = false }
                : new Entry<T> { Value = JsonSerializer.Deserialize(json, (JsonTypeInfo<T>)transport.Json.GetTypeInfo(typeof(T)))!, Exists = true, IsStored = true };
            _entries[name] = entry;
            return entry;
        }
    }

    private abstract class Entry
    {
        /// <summary>There is a value, for who reads it.</summary>
        public bool Exists { get; set; }

        /// <summary>Whether the store has one; null: not asked.</summary>
        public bool? IsStored { get; set; }

        public Change Change { get; set; }

        public abstract void Write(Utf8JsonWriter json, JsonSerializerOptions options);
    }

    private sealed class Entry<T> : Entry
    {
        public T Value { get; set; } = default!;

        public override void Write(Utf8JsonWriter json, JsonSerializerOptions options) => JsonSerializer.Serialize(json, Value, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
    }
}
