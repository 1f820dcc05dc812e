using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Resources;

/// <summary>A Dapr component (<c>kind: Component</c>) as its file states it.</summary>
/// <param name="Name">How apps call it.</param>
/// <param name="Type">For example <c>state.redis</c>.</param>
/// <param name="Version"><c>v1</c> when the file gives none.</param>
internal sealed record Component(string Name, string Type, string Version) : Resource(Name)
{
    /// <summary>
    /// In the metadata of a <c>secretstores.local.file</c>: names, with commas between, of secrets that are made where the file does not have them, so
    /// that nobody has to think of them on a machine of one's own. daprd knows no such annotation and reads the file as it is.
    /// </summary>
    public const string RandomSecretsAnnotation = "agentmesh.dev/random-secrets";

    /// <summary>Metadata in the file's order.</summary>
    public IReadOnlyList<ComponentValue> Metadata { get; init; } = [];

    /// <summary>The names of <see cref="RandomSecretsAnnotation"/>.</summary>
    public IReadOnlyList<string> RandomSecrets { get; init; } = [];

    /// <summary>Go on without the component when it cannot be served.</summary>
    public bool IgnoreErrors { get; init; }

    /// <summary>A metadata text; names are compared without case, as Dapr's components do. Null when missing or a secret.</summary>
    public string? Value(string name) =>
        Metadata.FirstOrDefault(value => string.Equals(value.Name, name, StringComparison.OrdinalIgnoreCase))?.Text;

    /// <summary>Makes something of it. What is wrong with it is a <see cref="FormatException"/> of the maker's, and refuses the run.</summary>
    /// <exception cref="LauncherException">It is wrong.</exception>
    public T Make<T>(Func<T> make, string complaint = " cannot be served")
    {
        try
        {
            return make();
        }
        catch (FormatException wrong)
        {
            throw new LauncherException($"the component '{Name}' ({File}){complaint}: {wrong.Message}");
        }
    }

    /// <summary>The metadata of a Redis component by name; with an address in place of its own host.</summary>
    public Dictionary<string, string> RedisMetadata(string? address)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in Metadata)
        {
            if (value.Text is { } text)
                metadata[value.Name] = text;
        }

        var hasPort = metadata.Remove("redisPort", out var port);
        if (address is not null)
            metadata["redisHost"] = address;
        else if (hasPort && metadata.TryGetValue("redisHost", out var host) && !host.Contains(':', StringComparison.Ordinal))
            metadata["redisHost"] = $"{host}:{port}";
        metadata.TryAdd("redisHost", "");
        return metadata;
    }

    /// <summary>The metadata as one app's sidecar sees it, templates replaced (dapr: pkg/runtime/meta).</summary>
    /// <param name="appId">For <c>{appID}</c> and <c>{namespace}</c>, which is <c>namespace.appID</c>.</param>
    /// <param name="namespaceName">The sidecar's namespace.</param>
    /// <param name="newId">For <c>{uuid}</c>, asked once per value.</param>
    public IReadOnlyList<ComponentValue> ValuesFor(string appId, string namespaceName, Func<Guid> newId) =>
    [
        .. Metadata.Select(value => value with
        {
            Text = value.Text is not { } text || !text.Contains('{', StringComparison.Ordinal) ? value.Text : text
                .Replace("{uuid}", text.Contains("{uuid}", StringComparison.Ordinal) ? newId().ToString() : "", StringComparison.Ordinal)
                .Replace("{namespace}", $"{namespaceName}.{appId}", StringComparison.Ordinal)
                .Replace("{appID}", appId, StringComparison.Ordinal),
        }),
    ];
}

/// <summary>One metadata entry.</summary>
/// <param name="Name">As written.</param>
/// <param name="Text">Text, number or boolean as written, or the environment variable's value; null for a secret that is not resolved.</param>
/// <param name="SecretKeyRef">Where in the secret store the value is; null for a plain value.</param>
internal sealed record ComponentValue(string Name, string? Text, SecretKeyRef? SecretKeyRef = null)
{
    /// <summary>A record prints its members; the text may be a secret.</summary>
    public override string ToString() => $"{nameof(ComponentValue)} {Name}";
}

/// <summary>A value in a secret store.</summary>
internal sealed record SecretKeyRef(string Name, string Key);
