using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentMesh.Gateway.Mcp.Resources;

/// <summary><c>resources/list</c>, <c>resources/templates/list</c> and <c>resources/read</c>, for the owner.</summary>
internal sealed class McpResources(IEnumerable<IMcpResource> resources, IEnumerable<IMcpResourceTemplate> templates)
{
    private static readonly Refusal NotFound = new(EdgeRefusals.NotFound, "There is no such resource.");

    private readonly IMcpResource[] _resources = [.. resources];
    private readonly IMcpResourceTemplate[] _templates = [.. templates];

    /// <summary>Lists them.</summary>
    public ListResourcesResult List(McpCaller caller, RequestContext<ListResourcesRequestParams> request)
    {
        var all = Of(caller.Agent).Select(resource => resource.DefinitionOf(caller.Agent));
        return McpCaller.Cached(request, new ListResourcesResult { Resources = [.. all.OrderBy(resource => resource.Uri, StringComparer.Ordinal)] });
    }

    /// <summary>Lists what has a name for each argument.</summary>
    public ListResourceTemplatesResult ListTemplates(McpCaller caller, RequestContext<ListResourceTemplatesRequestParams> request)
    {
        var all = TemplatesOf(caller.Agent).Select(template => template.DefinitionOf(caller.Agent));
        return McpCaller.Cached(request, new ListResourceTemplatesResult { ResourceTemplates = [.. all.OrderBy(one => one.UriTemplate, StringComparer.Ordinal)] });
    }

    /// <summary>Reads one.</summary>
    public async Task<ReadResourceResult> ReadAsync(McpCaller caller, RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken)
    {
        var uri = McpProblem.Required(McpProblem.Required(request.Params).Uri);
        var contents = await ReadAsync(caller.Agent, uri, cancellationToken);
        if (contents.IsRefused)
        {
            throw contents.Refusal.Code is EdgeRefusals.NotFound or AgentRefusals.SessionNotFound
                ? McpProblem.NoResource(uri, McpCaller.RevisionOf(request))
                : McpProblem.Of(contents.Refusal);
        }

        // May not be kept at all: a conversation goes on. The SDK says so.
        return new ReadResourceResult { Contents = [contents.Value] };
    }

    private async Task<Result<ResourceContents>> ReadAsync(AgentKey agent, string uri, CancellationToken cancellationToken)
    {
        if (Of(agent).FirstOrDefault(resource => resource.DefinitionOf(agent).Uri == uri) is { } resource)
            return await resource.ReadAsync(agent, cancellationToken);
        foreach (var template in TemplatesOf(agent))
        {
            var contents = await template.ReadAsync(agent, uri, cancellationToken);
            if (contents.Refusal?.Code != EdgeRefusals.NotFound)
                return contents;
        }

        return NotFound;
    }

    private IEnumerable<IMcpResource> Of(AgentKey agent) => _resources.Where(resource => resource.IsOf(agent));

    private IEnumerable<IMcpResourceTemplate> TemplatesOf(AgentKey agent) => _templates.Where(template => template.IsOf(agent));
}
