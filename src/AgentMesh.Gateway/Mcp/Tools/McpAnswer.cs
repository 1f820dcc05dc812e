using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>What a tool answers: JSON of its output schema, or else contents such as texts, images, sound and resources.</summary>
internal sealed record McpAnswer
{
    private McpAnswer(JsonElement? output, IReadOnlyList<ContentBlock> content) => (Output, Content) = (output, content);

    /// <summary>Of the tool's output schema; null of a tool without one.</summary>
    public JsonElement? Output { get; }

    /// <summary>Everything else; empty when there is an output, which is said as text too.</summary>
    public IReadOnlyList<ContentBlock> Content { get; }

    /// <summary>An answer of the output schema.</summary>
    public static McpAnswer Of<T>(T value, JsonTypeInfo<T> type)
        where T : class => new(JsonSerializer.SerializeToElement(value, type), []);

    /// <summary>What HTTP answers, as the answer of a tool, or its refusal.</summary>
    public static Result<McpAnswer> Of<T>(Result<T> result, JsonTypeInfo<T> type)
        where T : class => result.IsRefused ? result.Refusal : Of(result.Value, type);

    /// <summary>Contents.</summary>
    public static McpAnswer Of(params IReadOnlyList<ContentBlock> content) => new(null, content);

    /// <summary>A text.</summary>
    public static McpAnswer Text(string text) => Of(new TextContentBlock { Text = text });
}
