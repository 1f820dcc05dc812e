using System.Text.Json;

namespace AgentMesh.Sidecar.Secrets;

/// <summary>A secret store, read once. A secret is one or several named values. Values are never logged.</summary>
/// <param name="all">The secrets by name.</param>
/// <param name="givesEmpty">A secret that is not there is an empty value and no error.</param>
internal sealed class SecretStore(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> all, bool givesEmpty = false)
{
    public const string FileType = "secretstores.local.file";
    public const string EnvironmentType = "secretstores.local.env";
    public const string DefaultSeparator = ":";

    /// <summary>All secrets.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> All => all;

    /// <summary>The values of one secret; null when the store has no such secret.</summary>
    public IReadOnlyDictionary<string, string>? Get(string name) => all.GetValueOrDefault(name) ?? (givesEmpty ? Single(name, "") : null);

    /// <summary>
    /// <c>secretstores.local.file</c>: a JSON file. Nested objects and arrays become one name with a separator; with <c>multiValued</c>
    /// each object at the top is one secret of several values (contrib:secretstores/local/file).
    /// </summary>
    /// <param name="json">The file's text.</param>
    /// <param name="separator">Between the names of nested values.</param>
    /// <param name="multiValued">Objects at the top are secrets of their own.</param>
    /// <exception cref="JsonException">No JSON object, or a value that is null.</exception>
    public static SecretStore OfFile(ReadOnlyMemory<byte> json, string separator = DefaultSeparator, bool multiValued = false)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new JsonException("the file holds no JSON object");
        var secrets = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (multiValued && member.Value.ValueKind == JsonValueKind.Object)
            {
                var values = member.Value.EnumerateObject().SelectMany(value => Flatten(value.Name, value.Value, separator));
                secrets[member.Name] = values.GroupBy(value => value.Name).ToDictionary(same => same.Key, same => same.Last().Value, StringComparer.Ordinal);
                continue;
            }

            foreach (var (name, value) in Flatten(member.Name, member.Value, separator))
                secrets[name] = Single(name, value);
        }

        return new SecretStore(secrets);
    }

    /// <summary>
    /// <c>secretstores.local.env</c>: the sidecar's own environment, without Dapr's tokens and settings. A variable that is not there, or
    /// hidden, is an empty value (contrib:secretstores/local/env).
    /// </summary>
    /// <param name="environment">The sidecar's.</param>
    /// <param name="prefix">In front of every name; not part of the answers.</param>
    public static SecretStore OfEnvironment(IReadOnlyDictionary<string, string> environment, string prefix = "")
    {
        var secrets = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var (name, value) in environment.Where(variable => variable.Key.StartsWith(prefix, StringComparison.Ordinal) && IsOpen(variable.Key)))
            secrets[name[prefix.Length..]] = Single(name[prefix.Length..], value);
        return new SecretStore(secrets, givesEmpty: true);
    }

    private static bool IsOpen(string variable) =>
        !variable.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase) && !variable.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase);

    private static Dictionary<string, string> Single(string name, string value) =>
        new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value };

    private static IEnumerable<(string Name, string Value)> Flatten(string name, JsonElement element, string separator) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Flatten(name + separator + member.Name, member.Value, separator)),
        JsonValueKind.Array => element.EnumerateArray().Index().SelectMany(item => Flatten($"{name}{separator}{item.Index}", item.Item, separator)),
        JsonValueKind.Null => throw new JsonException($"the secret {name} is null"),
        JsonValueKind.String => [(name, element.GetString()!)],
        _ => [(name, element.GetRawText())],
    };
}
