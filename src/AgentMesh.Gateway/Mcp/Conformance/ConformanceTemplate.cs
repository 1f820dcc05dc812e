using System.Text.Json.Nodes;
using AgentMesh.Gateway.Mcp.Resources;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>The template of the suite: what is read says by which id.</summary>
internal sealed class ConformanceTemplate : IMcpResourceTemplate
{
    private const string Before = "test://template/";
    private const string After = "/data";

    private static readonly Refusal NotFound = new(EdgeRefusals.NotFound, "There is no such resource.");

    public bool IsOf(AgentKey agent) => ConformanceAgent.Is(agent);

    public ResourceTemplate DefinitionOf(AgentKey agent) =>
        new() { UriTemplate = $"{Before}{{id}}{After}", Name = "template", Description = "Says by which id it was read.", MimeType = AgentDocument.MimeType };

    public Task<Result<ResourceContents>> ReadAsync(AgentKey agent, string uri, CancellationToken cancellationToken) => Task.FromResult(Read(uri));

    private static Result<ResourceContents> Read(string uri)
    {
        if (!uri.StartsWith(Before, StringComparison.Ordinal) || !uri.EndsWith(After, StringComparison.Ordinal) || uri.Length <= Before.Length + After.Length)
            return NotFound;
        var id = uri[Before.Length..^After.Length];
        var data = new JsonObject { ["id"] = id, ["templateTest"] = true, ["data"] = $"Data for ID: {id}" };
        return new TextResourceContents { Uri = uri, MimeType = AgentDocument.MimeType, Text = data.ToJsonString() };
    }
}
