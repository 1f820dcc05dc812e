using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Identity;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentMesh.Gateway.Mcp;

/// <summary>Who talks to which agent. Decided anew for every request: nothing is remembered of the one before.</summary>
/// <param name="Agent">The agent of the path.</param>
/// <param name="IsOwner">False of everybody else, for whom there are paid tools alone.</param>
/// <param name="Http">The request.</param>
internal sealed record McpCaller(AgentKey Agent, bool IsOwner, HttpContext Http)
{
    // Wallets and paid tools appear while a client is connected.
    private static readonly TimeSpan ListLifetime = TimeSpan.FromSeconds(5);

    /// <summary>Who it is and as what: no two callers who can be told apart have the same.</summary>
    public string Name => $"{(IsOwner ? "owner" : "other")} {Http.User.Identity?.Name ?? "anybody"}";

    public static McpCaller Of(HttpContext context)
    {
        var agent = AgentPath.KeyOf(context);
        return new McpCaller(agent, Caller.Of(context) is { IsUser: true } caller && caller.IsOwnerOf(agent), context);
    }

    /// <summary>The revision that a request was made in; null of a client older than the header that says so.</summary>
    public static string? RevisionOf<T>(RequestContext<T> request) => request.JsonRpcRequest.Context?.ProtocolVersion;

    /// <summary>Says for how long a list may be kept, and that it is this caller's alone. Clients of older revisions refuse members that they do not know.</summary>
    public static T Cached<T, TParams>(RequestContext<TParams> request, T result)
        where T : ICacheableResult
    {
        if (McpRevisions.HasNoHandshake(RevisionOf(request)))
            (result.TimeToLive, result.CacheScope) = (ListLifetime, CacheScope.Private);
        return result;
    }
}
