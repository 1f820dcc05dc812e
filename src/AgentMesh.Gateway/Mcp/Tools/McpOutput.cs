using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>What HTTP answers, as the answer of a tool.</summary>
internal static class McpOutput
{
    /// <summary>The value as JSON, or the refusal.</summary>
    public static Result<JsonElement> ToOutput<T>(this Result<T> result, JsonTypeInfo<T> type)
        where T : class => result.IsRefused ? result.Refusal : JsonSerializer.SerializeToElement(result.Value, type);
}
