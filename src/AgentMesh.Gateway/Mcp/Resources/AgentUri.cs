using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary>Names of an agent's resources: <c>agent://{userId}/{path}</c>.</summary>
internal static class AgentUri
{
    /// <summary>The name of a resource.</summary>
    public static string Of(AgentKey agent, string path) => $"agent://{agent.User}/{path}";

    /// <summary>What a name means at an agent; null when it is no name, or one of another agent.</summary>
    public static string? PathIn(AgentKey agent, string uri)
    {
        var prefix = Of(agent, "");
        return uri.StartsWith(prefix, StringComparison.Ordinal) ? uri[prefix.Length..] : null;
    }
}
