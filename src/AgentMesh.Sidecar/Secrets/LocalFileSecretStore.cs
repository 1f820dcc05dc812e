using System.Text.Json;

namespace AgentMesh.Sidecar.Secrets;

/// <summary>
/// <c>secretstores.local.file</c>: a JSON file, read once. Nested objects and arrays become one name with a separator; with
/// <c>multiValued</c> each object at the top is one secret of several values (contrib:secretstores/local/file).
/// </summary>
internal sealed class LocalFileSecretStore : ISecretStore
{
    public const string ComponentType = "secretstores.local.file";
    public const string DefaultSeparator = ":";

    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _secrets = new(StringComparer.Ordinal);

    /// <param name="json">The file's text.</param>
    /// <param name="separator">Between the names of nested values.</param>
    /// <param name="multiValued">Objects at the top are secrets of their own.</param>
    /// <exception cref="JsonException">No JSON object, or a value that is null.</exception>
    public LocalFileSecretStore(ReadOnlyMemory<byte> json, string separator = DefaultSeparator, bool multiValued = false)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new JsonException("the file holds no JSON object");
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (multiValued && member.Value.ValueKind == JsonValueKind.Object)
            {
                var values = member.Value.EnumerateObject().SelectMany(value => Flatten(value.Name, value.Value, separator));
                _secrets[member.Name] = values.GroupBy(value => value.Name).ToDictionary(same => same.Key, same => same.Last().Value, StringComparer.Ordinal);
                continue;
            }

            foreach (var (name, value) in Flatten(member.Name, member.Value, separator))
                _secrets[name] = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value };
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string>? Get(string name) => _secrets.GetValueOrDefault(name);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GetAll() => _secrets;

    private static IEnumerable<(string Name, string Value)> Flatten(string name, JsonElement element, string separator) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Flatten(name + separator + member.Name, member.Value, separator)),
        JsonValueKind.Array => element.EnumerateArray().Index().SelectMany(item => Flatten($"{name}{separator}{item.Index}", item.Item, separator)),
        JsonValueKind.Null => throw new JsonException($"the secret {name} is null"),
        JsonValueKind.String => [(name, element.GetString()!)],
        _ => [(name, element.GetRawText())],
    };
}
