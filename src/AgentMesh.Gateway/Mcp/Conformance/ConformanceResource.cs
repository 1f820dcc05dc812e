using AgentMesh.Gateway.Mcp.Resources;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>A resource of the suite. None of them changes, so whoever subscribes to one has to be told nothing.</summary>
/// <param name="name">Behind <c>test://</c>.</param>
/// <param name="description">For people who look at the list.</param>
/// <param name="mimeType">Of its contents.</param>
/// <param name="read">Its contents, by its whole name.</param>
internal sealed class ConformanceResource(string name, string description, string mimeType, Func<string, ResourceContents> read) : IMcpResource
{
    private const string PlainText = "text/plain";

    /// <summary>All of them.</summary>
    public static IEnumerable<ConformanceResource> All() =>
    [
        new("static-text", "A text.", PlainText, uri => Text(uri, "This is the content of the static text resource.")),
        new("static-binary", "An image.", ConformanceAgent.PngType, uri => BlobResourceContents.FromBytes(ConformanceAgent.Png, uri, ConformanceAgent.PngType)),
        new("watched-resource", "A text that may be subscribed to.", PlainText, uri => Text(uri, "This is the content of the watched resource.")),
    ];

    public bool IsOf(AgentKey agent) => ConformanceAgent.Is(agent);

    public Resource DefinitionOf(AgentKey agent) => new() { Uri = $"test://{name}", Name = name, Description = description, MimeType = mimeType };

    public Task<Result<ResourceContents>> ReadAsync(AgentKey agent, CancellationToken cancellationToken) =>
        Task.FromResult<Result<ResourceContents>>(read($"test://{name}"));

    private static TextResourceContents Text(string uri, string text) => new() { Uri = uri, MimeType = PlainText, Text = text };
}
