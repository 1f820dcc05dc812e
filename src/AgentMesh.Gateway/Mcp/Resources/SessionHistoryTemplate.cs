using AgentMesh.Gateway.Agents;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary><c>agent://{userId}/history/{sessionId}</c>: the newest page of a session.</summary>
internal sealed class SessionHistoryTemplate(LongReads reads) : IMcpResourceTemplate
{
    private const string Prefix = SessionHistory.Path + "/";

    private static readonly Refusal NotFound = new(EdgeRefusals.NotFound, "There is no such resource.");

    /// <summary>The template of the names.</summary>
    public static string UriOf(AgentKey agent) => AgentUri.Of(agent, $"{Prefix}{{{SessionHistory.Argument}}}");

    public ResourceTemplate DefinitionOf(AgentKey agent) => new()
    {
        UriTemplate = UriOf(agent),
        Name = "session_history",
        Title = "Conversation of a session",
        Description = "The newest 100 messages of one session of the agent, oldest first.",
        MimeType = AgentDocument.MimeType,
    };

    public async Task<Result<ResourceContents>> ReadAsync(AgentKey agent, string uri, CancellationToken cancellationToken) =>
        AgentUri.PathIn(agent, uri) is { } path && path.StartsWith(Prefix, StringComparison.Ordinal)
            ? await SessionHistory.ReadAsync(reads, agent, path[Prefix.Length..], cancellationToken)
            : NotFound;
}
