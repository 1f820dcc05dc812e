using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Resources;

/// <summary>
/// Reads the component files of a resources folder as daprd does (dapr: pkg/internal/loader/disk): every <c>.yaml</c> and <c>.yml</c>
/// of the folder itself, several documents a file; what is no component, or broken, is skipped with a warning.
/// </summary>
/// <param name="environment">For <c>envRef</c>: the sidecar's own environment.</param>
/// <param name="namespaceName">The sidecar's namespace; components of another one are not loaded.</param>
/// <param name="warnings">Receives one line each.</param>
internal sealed class ComponentFile(Func<string, string?> environment, string namespaceName, ICollection<string> warnings)
{
    /// <summary>All components of the folders, in the order of folder and file name. A name used twice refuses the run.</summary>
    public IReadOnlyList<Component> ReadFolders(IEnumerable<string> folders)
    {
        var components = new List<Component>();
        foreach (var file in folders.SelectMany(folder => Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)))
        {
            if (Path.GetExtension(file) is not (".yaml" or ".yml"))
            {
                warnings.Add($"{file} is not a YAML file and is not loaded");
                continue;
            }

            foreach (var component in Read(file, File.ReadAllText(file)))
            {
                if (components.FirstOrDefault(other => other.Name == component.Name) is { } earlier)
                    throw new LauncherException($"the component '{component.Name}' is defined twice: in {earlier.File} and in {file}");
                components.Add(component);
            }
        }

        return components;
    }

    /// <summary>The components of one file's text.</summary>
    public IEnumerable<Component> Read(string file, string text)
    {
        foreach (var (document, lineOffset) in YamlDocuments.Split(text))
        {
            if (ReadDocument(file, document, lineOffset) is { } found) yield return found;
        }
    }

    private Component? ReadDocument(string file, string text, int lineOffset)
    {
        try
        {
            return YamlSection.Parse(file, text, lineOffset) is { } document ? ReadComponent(file, document) : null;
        }
        catch (LauncherException broken)
        {
            warnings.Add($"{broken.Message}; this document is skipped");
            return null;
        }
    }

    private Component? ReadComponent(string file, YamlSection document)
    {
        if (document.Text("kind") is var kind && kind != "Component")
        {
            // Read by HttpEndpointFile, SubscriptionFile and ResiliencyFile.
            if (kind is HttpEndpointFile.Kind or "Subscription" or "Resiliency") return null;
            warnings.Add($"{document.Position}: kind {kind ?? "(none)"} is not served by the local sidecar; this document is skipped");
            return null;
        }

        if (document.Text("apiVersion") is var version && version != "dapr.io/v1alpha1")
            throw document.Error("apiVersion", $"must be dapr.io/v1alpha1, not '{version}'");
        var identity = document.Section("metadata") ?? throw document.Error("metadata", "is missing");
        var spec = document.Section("spec") ?? throw document.Error("spec", "is missing");
        var name = identity.Text("name") ?? throw identity.Error("name", "is missing");
        if (identity.Text("namespace") is { } other && other != namespaceName)
        {
            warnings.Add($"{document.Position}: '{name}' belongs to the namespace '{other}', not '{namespaceName}'; it is skipped");
            return null;
        }

        return new Component(name, spec.Text("type") ?? throw spec.Error("type", "is missing"), spec.Text("version") ?? "v1")
        {
            Metadata = [.. spec.Sections("metadata").Select(ReadValue)],
            Scopes = document.Texts("scopes") ?? [],
            IgnoreErrors = spec.Flag("ignoreErrors") ?? false,
            SecretStore = document.Section("auth")?.Text("secretStore"),
            File = file,
        };
    }

    /// <summary>An entry with a value, a secret or a variable of the environment.</summary>
    internal ComponentValue ReadValue(YamlSection entry)
    {
        var name = entry.Text("name") ?? throw entry.Error("name", "is missing");
        if (entry.Section("secretKeyRef") is { } secret)
        {
            var secretName = secret.Text("name") ?? throw secret.Error("name", "is missing");
            // dapr: pkg/runtime/processor/secret: without a key the secret's name is its key.
            return new ComponentValue(name, null, new SecretKeyRef(secretName, secret.Text("key") ?? secretName));
        }

        return new ComponentValue(name, entry.Text("envRef") is { } variable ? FromEnvironment(entry, variable) : entry.Text("value") ?? "");
    }

    // daprd keeps its own tokens and settings from components, and goes on with an empty value.
    private string FromEnvironment(YamlSection entry, string variable)
    {
        var forbidden = variable.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase)
            || variable.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase) || variable.Contains(' ', StringComparison.Ordinal);
        var value = forbidden ? null : environment(variable);
        if (value is null)
            warnings.Add($"{entry.Position}: the environment variable {variable} is {(forbidden ? "not open to components" : "not set")}");
        return value ?? "";
    }
}
