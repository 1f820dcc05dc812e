using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentMesh.Sidecar.StateApi;

/// <summary>Reads the JSON bodies of the two state APIs over HTTP.</summary>
/// <param name="fidelity">What is done to values; null: they are kept as they came.</param>
internal sealed class StateBody(StateFidelity? fidelity)
{
    /// <summary>An array of items to save.</summary>
    /// <exception cref="JsonException">Not that document.</exception>
    public List<StateItem> ReadItems(ReadOnlySpan<byte> body) => [.. Read(body, StateJson.Default.IReadOnlyListStateItem).Select(item => ToSave(NotNull(item)))];

    /// <summary>The operations of a transaction; a name that is neither upsert nor delete comes back as it is.</summary>
    /// <exception cref="JsonException">Not that document.</exception>
    public (List<StateItem> Items, string? UnknownOperation) ReadTransaction(ReadOnlySpan<byte> body) =>
        Expand(Read(body, StateJson.Default.StateTransaction).Operations ?? []);

    /// <summary>The transaction of an actor: the operations alone.</summary>
    /// <exception cref="JsonException">Not that document, an unknown operation, or an empty key.</exception>
    public List<StateItem> ReadActorTransaction(ReadOnlySpan<byte> body)
    {
        var items = ActorTransaction.Read(body);
        for (var i = 0; i < items.Count && fidelity is not null; i++)
            items[i] = items[i].Value is { } value ? items[i] with { Value = fidelity.Apply(value) } : items[i];
        return items;
    }

    /// <summary>The keys of a bulk read.</summary>
    /// <exception cref="JsonException">Not that document.</exception>
    public static List<string> ReadKeys(ReadOnlySpan<byte> body) => [.. (Read(body, StateJson.Default.StateKeys).Keys ?? []).Select(NotNull)];

    private static T Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class => NotNull(JsonSerializer.Deserialize(body, type));

    private static T NotNull<T>(T? value)
        where T : class => value ?? throw new JsonException("null is not expected");

    private (List<StateItem> Items, string? UnknownOperation) Expand(IReadOnlyList<StateChange?> changes)
    {
        var items = new List<StateItem>(changes.Count);
        foreach (var change in changes)
        {
            var item = NotNull(change).Request ?? new StateItem();
            switch (change!.Operation)
            {
                case "upsert":
                    items.Add(ToSave(item));
                    break;
                case "delete":
                    items.Add(item with { Value = null });
                    break;
                default:
                    return ([], change.Operation ?? "");
            }
        }

        return (items, null);
    }

    // Dapr stores the JSON of what it read: a value that was left out is null.
    private StateItem ToSave(StateItem item)
    {
        var value = item.Value ?? "null"u8.ToArray();
        return item with { Value = fidelity is null ? value : fidelity.Apply(value) };
    }
}
