using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary><c>resources/list</c>, <c>resources/templates/list</c> and <c>resources/read</c>, for the owner.</summary>
internal sealed class McpResources(IEnumerable<IMcpResource> resources, AgentCalls calls)
{
    /// <summary>The argument of the template.</summary>
    public const string SessionArgument = "sessionId";

    private const string SessionPrefix = "history/";
    private const string MimeType = "application/json";

    private static readonly Refusal NotFound = new(EdgeRefusals.NotFound, "There is no such resource.");

    private readonly IMcpResource[] _resources = [.. resources.OrderBy(resource => resource.Path, StringComparer.Ordinal)];

    /// <summary>The template of the histories of sessions.</summary>
    public static string TemplateOf(AgentKey agent) => AgentUri.Of(agent, $"{SessionPrefix}{{{SessionArgument}}}");

    /// <summary>Lists them.</summary>
    public ListResourcesResult List(McpCaller caller, RequestContext<ListResourcesRequestParams> request) => McpCaller.Cached(request, new ListResourcesResult
    {
        Resources = [.. _resources.Select(resource => new Resource
        {
            Uri = AgentUri.Of(caller.Agent, resource.Path), Name = resource.Path, Title = resource.Title, Description = resource.Description, MimeType = MimeType,
        })],
    });

    /// <summary>Lists what has a name for each session.</summary>
    public static ListResourceTemplatesResult ListTemplates(McpCaller caller, RequestContext<ListResourceTemplatesRequestParams> request) =>
        McpCaller.Cached(request, new ListResourceTemplatesResult
        {
            ResourceTemplates = [new ResourceTemplate
            {
                UriTemplate = TemplateOf(caller.Agent), Name = "session_history", Title = "Conversation of a session",
                Description = "The newest 100 messages of one session of the agent, oldest first.", MimeType = MimeType,
            }],
        });

    /// <summary>Reads one.</summary>
    public async Task<ReadResourceResult> ReadAsync(McpCaller caller, RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken)
    {
        var uri = McpProblem.Required(McpProblem.Required(request.Params).Uri);
        var document = await ReadAsync(caller.Agent, uri, cancellationToken);
        if (document.IsRefused)
        {
            throw document.Refusal.Code is EdgeRefusals.NotFound or AgentRefusals.SessionNotFound
                ? McpProblem.NoResource(McpCaller.RevisionOf(request))
                : McpProblem.Of(document.Refusal);
        }

        var text = JsonSerializer.Serialize(document.Value, GatewayJson.Answers.JsonElement);
        // May not be kept at all: a conversation goes on. The SDK says so.
        return new ReadResourceResult { Contents = [new TextResourceContents { Uri = uri, MimeType = MimeType, Text = text }] };
    }

    private async Task<Result<JsonElement>> ReadAsync(AgentKey agent, string uri, CancellationToken cancellationToken)
    {
        if (AgentUri.PathIn(agent, uri) is not { } path)
            return NotFound;
        if (Array.Find(_resources, resource => resource.Path == path) is { } resource)
            return await resource.ReadAsync(agent, cancellationToken);
        return path.StartsWith(SessionPrefix, StringComparison.Ordinal)
            ? await SessionHistory.ReadAsync(calls, agent, path[SessionPrefix.Length..], cancellationToken)
            : NotFound;
    }
}
