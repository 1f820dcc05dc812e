using System.Text.Json;
using AgentMesh.LocalData;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Secrets;

/// <summary>Opens the secret stores of a set of components and fills in what refers to them (dapr:pkg/runtime/processor/secret).</summary>
/// <param name="environment">The sidecar's own.</param>
/// <param name="folder">Where a relative path of a secrets file starts: the folder the run was started in, as with daprd.</param>
/// <param name="dataFolder">Where one starts that begins with <see cref="MeshFolders.DefaultData"/>, the default of it; null: the same as any other.</param>
/// <param name="warnings">Receives one line each; never a value.</param>
internal sealed class SecretResolver(IReadOnlyDictionary<string, string> environment, string folder, string? dataFolder, ICollection<string> warnings)
{
    /// <summary>The secret stores among the components, by name.</summary>
    /// <exception cref="LauncherException">One cannot be opened, and has no <c>ignoreErrors</c>.</exception>
    public IReadOnlyDictionary<string, SecretStore> Open(IEnumerable<Component> components)
    {
        var stores = new Dictionary<string, SecretStore>(StringComparer.Ordinal);
        foreach (var component in components)
        {
            try
            {
                if (Open(component) is { } store)
                    stores[component.Name] = store;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException or FormatException)
            {
                var complaint = $"the secret store '{component.Name}' ({component.File}) cannot be opened: {failure.Message}";
                if (!component.IgnoreErrors)
                    throw new LauncherException(complaint);
                warnings.Add(complaint);
            }
        }

        return stores;
    }

    /// <summary>The component with the secrets it refers to. One that cannot be had is a warning and stays missing, as in daprd.</summary>
    public Component Resolve(Component component, IReadOnlyDictionary<string, SecretStore> stores) =>
        component with { Metadata = [.. component.Metadata.Select(value => Resolve(value, "component", component, stores))] };

    /// <summary>The same for the headers of an endpoint.</summary>
    public HttpEndpoint Resolve(HttpEndpoint endpoint, IReadOnlyDictionary<string, SecretStore> stores) =>
        endpoint with { Headers = [.. endpoint.Headers.Select(value => Resolve(value, "endpoint", endpoint, stores))] };

    private ComponentValue Resolve(ComponentValue value, string word, Resource owner, IReadOnlyDictionary<string, SecretStore> stores)
    {
        if (value.SecretKeyRef is not { } secret)
            return value;
        var store = owner.SecretStore is { } name ? stores.GetValueOrDefault(name) : null;
        if (store?.Get(secret.Name)?.GetValueOrDefault(secret.Key) is { } text)
            return value with { Text = text };
        warnings.Add($"the {word} '{owner.Name}' ({owner.File})" + (owner.SecretStore, store) switch
        {
            (null, _) => $": {value.Name} refers to a secret, but auth.secretStore names no secret store",
            (_, null) => $" references a secret store that isn't loaded: {owner.SecretStore}",
            _ => $": {value.Name} refers to the secret {secret.Name}, key {secret.Key}, which {owner.SecretStore} does not have",
        });
        return value;
    }

    private SecretStore? Open(Component component) => component.Type switch
    {
        SecretStore.FileType => SecretStore.OfFile(
            ReadFile(component),
            component.Value("nestedSeparator") is { Length: > 0 } separator ? separator : SecretStore.DefaultSeparator,
            GoText.IsTruthy(component.Value("multiValued"))),
        SecretStore.EnvironmentType => SecretStore.OfEnvironment(environment, component.Value("prefix") ?? ""),
        _ => null,
    };

    private ReadOnlyMemory<byte> ReadFile(Component component)
    {
        var given = component.Value("secretsFile") is { Length: > 0 } file ? file : throw new FormatException("secretsFile is missing");
        var path = dataFolder is not null && given.StartsWith(MeshFolders.DefaultData + '/', StringComparison.Ordinal)
            ? Path.Combine(dataFolder, given[(MeshFolders.DefaultData.Length + 1)..])
            : Path.GetFullPath(given, folder);
        return component.RandomSecrets.Count > 0 ? SecretsFile.Ensure(path, component.RandomSecrets).Content : File.ReadAllBytes(path);
    }
}
