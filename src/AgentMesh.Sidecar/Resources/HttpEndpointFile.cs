namespace AgentMesh.Sidecar.Resources;

/// <summary>Reads the HTTPEndpoint resources of a resources folder (dapr:pkg/apis/httpEndpoint/v1alpha1/types.go).</summary>
/// <param name="components">Reads names and the values of headers.</param>
/// <param name="warnings">Receives one line each. Files and documents that are broken are told by <see cref="ComponentFile"/>.</param>
internal sealed class HttpEndpointFile(ComponentFile components, ICollection<string> warnings)
{
    public const string Kind = "HTTPEndpoint";

    /// <summary>All endpoints of the folders, in the order of folder and file name. A name used twice refuses the run.</summary>
    public IReadOnlyList<HttpEndpoint> ReadFolders(IEnumerable<string> folders) =>
        YamlDocuments.Unique(YamlDocuments.ReadFolders(folders, Kind, ReadEndpoint, warnings), "endpoint");

    private HttpEndpoint? ReadEndpoint(YamlSection document)
    {
        if (components.NameOf(document) is not { } name)
            return null;
        var spec = document.Section("spec") ?? throw document.Error("spec", "is missing");
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
