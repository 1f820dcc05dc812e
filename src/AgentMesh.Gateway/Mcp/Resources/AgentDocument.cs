using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary>Resources of agents that are JSON.</summary>
internal static class AgentDocument
{
    /// <summary>Of every one.</summary>
    public const string MimeType = "application/json";

    /// <summary>How clients see <c>agent://{userId}/{path}</c>.</summary>
    /// <param name="agent">Whose.</param>
    /// <param name="path">Its place, and its name.</param>
    /// <param name="title">For people.</param>
    /// <param name="description">For models: what is in it.</param>
    public static Resource Definition(AgentKey agent, string path, string title, string description) =>
        new() { Uri = AgentUri.Of(agent, path), Name = path, Title = title, Description = description, MimeType = MimeType };

    /// <summary>What HTTP answers, as the contents of a resource, or its refusal.</summary>
    public static Result<ResourceContents> Of<T>(string uri, Result<T> result, JsonTypeInfo<T> type)
        where T : class => result.IsRefused
            ? result.Refusal
            : new TextResourceContents { Uri = uri, MimeType = MimeType, Text = JsonSerializer.Serialize(result.Value, type) };
}
