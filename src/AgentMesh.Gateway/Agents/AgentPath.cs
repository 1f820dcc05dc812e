using AgentMesh.Gateway.Identity;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Agents;

/// <summary>Whose agent a path names. The server has decoded the path once; nothing here decodes again.</summary>
internal static class AgentPath
{
    private const string Prefix = "/agent/";
    private const string McpSuffix = "/mcp";

    /// <summary>
    /// The text where the user id belongs; null for paths that are not below <c>/agent/</c>, and for <c>/agent/</c> itself, which
    /// has an answer of its own.
    /// </summary>
    public static string? UserSegment(PathString path)
    {
        var text = path.Value;
        // Without case, as routing compares.
        if (text is null || text.Length == Prefix.Length || !text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return null;
        var end = text.IndexOf('/', Prefix.Length);
        return end < 0 ? text[Prefix.Length..] : text[Prefix.Length..end];
    }

    /// <summary>True for the place of an agent's MCP endpoint, of a valid user or not.</summary>
    public static bool IsMcp(PathString path) =>
        UserSegment(path) is { } segment && path.Value!.AsSpan(Prefix.Length + segment.Length).TrimEnd('/').Equals(McpSuffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The agent of a request that reached an agent's endpoint; <c>UnroutedRequests</c> has refused invalid ids before.</summary>
    public static AgentKey KeyOf(HttpContext context) =>
        new(TenantPath.Of(context) ?? Caller.Of(context)?.Tenant ?? TenantId.Default, UserId.Parse(UserSegment(context.Request.Path) ?? ""));

    /// <summary>The path of an agent, whoever asks: the tenant stands in it unless it is the default one.</summary>
    public static string Of(AgentKey agent) => agent.Tenant == TenantId.Default ? $"{Prefix}{agent.User}" : $"/t/{agent.Tenant}{Prefix}{agent.User}";
}
