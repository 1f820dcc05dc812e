using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Secrets;

namespace AgentMesh.Sidecar.Resources;

/// <summary>
/// Reads the files of resources folders as daprd does (dapr: pkg/internal/loader/disk): every <c>.yaml</c> and <c>.yml</c> of the folder
/// itself, several documents a file; what is no resource, or broken, is skipped with a warning.
/// </summary>
/// <param name="environment">For <c>envRef</c> and secrets: the sidecar's own environment.</param>
/// <param name="namespaceName">The sidecar's namespace; resources of another one are not loaded.</param>
/// <param name="currentFolder">Where a relative path of a secrets file starts: the folder the run was started in, as with daprd.</param>
/// <param name="warnings">Receives one line each.</param>
/// <param name="dataFolder">Where one starts that begins with the default data folder's name; null: the same as any other.</param>
internal sealed class ResourceFolders(
    IReadOnlyDictionary<string, string> environment, string namespaceName, string currentFolder, ICollection<string> warnings, string? dataFolder = null)
{
    /// <summary>All of the folders, in the order of folder and file name, secrets filled in. A name used twice refuses the run.</summary>
    public ResourceSet Read(IEnumerable<string> folders)
    {
        var resources = folders.SelectMany(folder => Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)).SelectMany(ReadFile).ToList();
        var components = Unique(resources.OfType<Component>().ToList(), "component");
        var endpoints = Unique(resources.OfType<HttpEndpoint>().ToList(), "endpoint");
        var resolver = new SecretResolver(environment, currentFolder, dataFolder, warnings);
        var stores = resolver.Open(components);
        return new ResourceSet(
            [.. components.Select(component => resolver.Resolve(component, stores))], [.. endpoints.Select(endpoint => resolver.Resolve(endpoint, stores))],
            [.. resources.OfType<DeclaredSubscription>()], [.. resources.OfType<ResiliencyResource>()], stores);
    }

    /// <summary>The resources of one file's text, secrets not filled in.</summary>
    public IEnumerable<Resource> Read(string file, string text) => YamlDocuments.Parse(file, text, warnings)
        .Select(document => YamlDocuments.OrSkipped(() => Read(document), warnings)).OfType<Resource>();

    private IEnumerable<Resource> ReadFile(string file)
    {
        if (Path.GetExtension(file) is ".yaml" or ".yml")
            return Read(file, File.ReadAllText(file));
        warnings.Add($"{file} is not a YAML file and is not loaded");
        return [];
    }

    private Resource? Read(YamlSection document)
    {
        switch (document.Kind)
        {
            case "Component":
                return ReadComponent(document);
            case "HTTPEndpoint":
                return ReadEndpoint(document);
            case "Subscription":
                return SubscriptionFile.Read(document, warnings);
            case "Resiliency":
                return ResiliencyFile.Read(document, warnings);
            default:
                warnings.Add($"{document.Position}: kind {document.Kind ?? "(none)"} is not served by the local sidecar; this document is skipped");
                return null;
        }
    }

    private Component? ReadComponent(YamlSection document)
    {
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
            RandomSecrets = document.Section("metadata")?.Section("annotations")?.Text(Component.RandomSecretsAnnotation)
                ?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            File = document.File,
        };
    }

    // dapr:pkg/apis/httpEndpoint/v1alpha1/types.go.
    private HttpEndpoint? ReadEndpoint(YamlSection document)
    {
        if (NameOf(document) is not { } name)
            return null;
        var spec = document.Section("spec") ?? throw document.Error("spec", "is missing");
        if (spec.Section("clientTLS") is not null)
            throw spec.Error("clientTLS", "is not served by the local sidecar");
        var url = spec.Text("baseUrl") ?? throw spec.Error("baseUrl", "is missing");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
            throw spec.Error("baseUrl", $"must be an absolute http or https URL, not '{url}'");
        return new HttpEndpoint(name, url)
        {
            Headers = [.. spec.Sections("headers").Select(ReadValue)],
            Scopes = document.Texts("scopes") ?? [],
            SecretStore = document.Section("auth")?.Text("secretStore"),
            File = document.File,
        };
    }

    // Null, and a warning, when it belongs to another namespace.
    private string? NameOf(YamlSection document)
    {
        var identity = document.Section("metadata") ?? throw document.Error("metadata", "is missing");
        var name = identity.Text("name") ?? throw identity.Error("name", "is missing");
        if (identity.Text("namespace") is not { } other || other == namespaceName)
            return name;
        warnings.Add($"{document.Position}: '{name}' belongs to the namespace '{other}', not '{namespaceName}'; it is skipped");
        return null;
    }

    // An entry with a value, a secret or a variable of the environment.
    private ComponentValue ReadValue(YamlSection entry)
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
        var value = forbidden ? null : environment.GetValueOrDefault(variable);
        if (value is null)
            warnings.Add($"{entry.Position}: the environment variable {variable} is {(forbidden ? "not open to components" : "not set")}");
        return value ?? "";
    }

    // The same ones; a name used twice refuses the run.
    private static List<T> Unique<T>(List<T> resources, string word)
        where T : Resource =>
        resources.GroupBy(resource => resource.Name).FirstOrDefault(same => same.Count() > 1)?.ToList() is [var one, var two, ..]
            ? throw new LauncherException($"the {word} '{one.Name}' is defined twice: in {one.File} and in {two.File}")
            : resources;
}

/// <summary>The resources of a set of folders.</summary>
/// <param name="Components">As their files state them, secrets apart.</param>
/// <param name="Endpoints">The same.</param>
/// <param name="Subscriptions">From resources, not from apps.</param>
/// <param name="Resiliency">Policies.</param>
/// <param name="SecretStores">By component name.</param>
internal sealed record ResourceSet(
    IReadOnlyList<Component> Components, IReadOnlyList<HttpEndpoint> Endpoints, IReadOnlyList<DeclaredSubscription> Subscriptions,
    IReadOnlyList<ResiliencyResource> Resiliency, IReadOnlyDictionary<string, SecretStore> SecretStores)
{
    /// <summary>What is for one app.</summary>
    public AppResources For(string appId, AppConfiguration configuration)
    {
        var components = Components.Where(component => component.Serves(appId)).ToList();
        var stores = SecretStores.Where(store => components.Any(component => component.Name == store.Key)).ToDictionary(StringComparer.Ordinal);
        return new AppResources(
            configuration, components, new SecretAccess(stores, configuration.SecretScopes), [.. Endpoints.Where(endpoint => endpoint.Serves(appId))],
            [.. Subscriptions.Where(item => item.Serves(appId)).Select(item => item.Subscription)], [.. Resiliency.Where(resource => resource.Serves(appId))]);
    }
}

/// <summary>The resources of one app.</summary>
/// <param name="Configuration">Its Configuration resource.</param>
/// <param name="Components">The components it may use, as their files state them.</param>
/// <param name="Secrets">The secrets it may read.</param>
/// <param name="Endpoints">The foreign hosts it may call by name.</param>
/// <param name="Subscriptions">The Subscription resources that are for it.</param>
/// <param name="Resiliency">The Resiliency resources that are for it.</param>
internal sealed record AppResources(
    AppConfiguration Configuration, IReadOnlyList<Component> Components, SecretAccess Secrets, IReadOnlyList<HttpEndpoint> Endpoints,
    IReadOnlyList<Subscription> Subscriptions, IReadOnlyList<ResiliencyResource> Resiliency);
