using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>Tools of the suite that answer each kind of contents, and an error; and one with everything that a schema can have.</summary>
internal static class ContentTools
{
    private static readonly Refusal Failure = new(EdgeRefusals.InvalidRequest, "This tool intentionally returns an error for testing");

    /// <summary>All of them.</summary>
    public static IEnumerable<ConformanceTool> All() =>
    [
        new("test_simple_text", "Answers a text.", _ => McpAnswer.Text("This is a simple text response for testing.")),
        new("test_image_content", "Answers an image.", _ => McpAnswer.Of(Image())),
        new("test_audio_content", "Answers a sound.", _ => McpAnswer.Of(AudioContentBlock.FromBytes(ConformanceAgent.Wav, ConformanceAgent.WavType))),
        new("test_embedded_resource", "Answers a resource.", _ => McpAnswer.Of(Embedded("test://embedded-resource", "text/plain", "This is an embedded resource content."))),
        new("test_multiple_content_types", "Answers a text, an image and a resource.", _ => McpAnswer.Of(
            new TextContentBlock { Text = "Multiple content types test:" },
            Image(),
            Embedded("test://mixed-content-resource", "application/json", """{"test":"data","value":123}"""))),
        new("test_error_handling", "Fails.", _ => Failure),
        new(McpToolFile.Read("json_schema_2020_12_tool"), _ => McpAnswer.Text("The arguments are of the schema.")),
        new("test_logging_tool", "Answers a text, and logs nothing to the client.", _ => McpAnswer.Text("Nothing was logged.")),
    ];

    private static ImageContentBlock Image() => ImageContentBlock.FromBytes(ConformanceAgent.Png, ConformanceAgent.PngType);

    private static EmbeddedResourceBlock Embedded(string uri, string mimeType, string text) =>
        new() { Resource = new TextResourceContents { Uri = uri, MimeType = mimeType, Text = text } };
}
