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
        foreach (var file in YamlDocuments.Files(folders))
        {
            if (YamlDocuments.IsYaml(file))
                components.AddRange(Read(file, File.ReadAllText(file)));
            else
                warnings.Add($"{file} is not a YAML file and is not loaded");
        }

        return YamlDocuments.Unique(components, "component");
    }

    /// <summary>The components of one file's text.</summary>
    public IEnumerable<Component> Read(string file, string text) => YamlDocuments.Parse(file, text, warnings)
        .Select(document => YamlDocuments.OrSkipped(() => ReadComponent(document), warnings)).OfType<Component>();

    /// <summary>A resource's name; null, and a warning, when it belongs to another namespace.</summary>
    internal string? NameOf(YamlSection document)
    {
        var identity = document.Section("metadata") ?? throw document.Error("metadata", "is missing");
        var name = identity.Text("name") ?? throw identity.Error("name", "is missing");
        if (identity.Text("namespace") is not { } other || other == namespaceName)
            return name;
        warnings.Add($"{document.Position}: '{name}' belongs to the namespace '{other}', not '{namespaceName}'; it is skipped");
        return null;
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

    private Component? ReadComponent(YamlSection document)
    {
        if (document.Kind != "Component")
        {
            // Read by HttpEndpointFile, SubscriptionFile and ResiliencyFile.
            if (document.Kind is not (HttpEndpointFile.Kind or "Subscription" or "Resiliency"))
                warnings.Add($"{document.Position}: kind {document.Kind ?? "(none)"} is not served by the local sidecar; this document is skipped");
            return null;
        }

        if (document.Text("apiVersion") is var version && version != "dapr.io/v1alpha1")
            throw document.Error("apiVersion", $"must be dapr.io/v1alpha1, not '{version}'");
        if (NameOf(document) is not { } name)
            return null;
        var spec = document.Section("spec") ?? throw document.Error("spec", "is missing");
        return new Component(name, spec.Text("type") ?? throw spec.Error("type", "is missing"), spec.Text("version") ?? "v1")
        {
            Metadata = [.. spec.Sections("metadata").Select(ReadValue)],
            Scopes = document.Texts("scopes") ?? [],
            IgnoreErrors = spec.Flag("ignoreErrors") ?? false,
            SecretStore = document.Section("auth")?.Text("secretStore"),
            File = document.File,
        };
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
