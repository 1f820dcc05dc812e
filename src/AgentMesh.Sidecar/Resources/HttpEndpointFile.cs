using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Resources;

/// <summary>Reads the HTTPEndpoint resources of a resources folder (dapr:pkg/apis/httpEndpoint/v1alpha1/types.go).</summary>
/// <param name="components">Reads the values of headers.</param>
/// <param name="namespaceName">The sidecar's namespace; endpoints of another one are not loaded.</param>
/// <param name="warnings">Receives one line each. Files and documents that are broken are told by <see cref="ComponentFile"/>.</param>
internal sealed class HttpEndpointFile(ComponentFile components, string namespaceName, ICollection<string> warnings)
{
    public const string Kind = "HTTPEndpoint";

    /// <summary>All endpoints of the folders, in the order of folder and file name. A name used twice refuses the run.</summary>
    public IReadOnlyList<HttpEndpoint> ReadFolders(IEnumerable<string> folders)
    {
        var endpoints = new List<HttpEndpoint>();
        foreach (var document in YamlDocuments.OfKind(folders, Kind))
        {
            if (ReadDocument(document) is not { } endpoint)
                continue;
            if (endpoints.FirstOrDefault(other => other.Name == endpoint.Name) is { } earlier)
                throw new LauncherException($"the endpoint '{endpoint.Name}' is defined twice: in {earlier.File} and in {endpoint.File}");
            endpoints.Add(endpoint);
        }

        return endpoints;
    }

    private HttpEndpoint? ReadDocument(YamlSection document)
    {
        try
        {
            return ReadEndpoint(document);
        }
        catch (LauncherException broken)
        {
            warnings.Add($"{broken.Message}; this document is skipped");
            return null;
        }
    }

    private HttpEndpoint? ReadEndpoint(YamlSection document)
    {
        var identity = document.Section("metadata") ?? throw document.Error("metadata", "is missing");
        var spec = document.Section("spec") ?? throw document.Error("spec", "is missing");
        var name = identity.Text("name") ?? throw identity.Error("name", "is missing");
        if (identity.Text("namespace") is { } other && other != namespaceName)
        {
            warnings.Add($"{document.Position}: '{name}' belongs to the namespace '{other}', not '{namespaceName}'; it is skipped");
            return null;
        }

        if (spec.Section("clientTLS") is not null)
            throw spec.Error("clientTLS", "is not served by the local sidecar");
        var url = spec.Text("baseUrl") ?? throw spec.Error("baseUrl", "is missing");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
            throw spec.Error("baseUrl", $"must be an absolute http or https URL, not '{url}'");
        return new HttpEndpoint(name, url)
        {
            Headers = [.. spec.Sections("headers").Select(components.ReadValue)],
            Scopes = document.Texts("scopes") ?? [],
            SecretStore = document.Section("auth")?.Text("secretStore"),
            File = document.File,
        };
    }
}
