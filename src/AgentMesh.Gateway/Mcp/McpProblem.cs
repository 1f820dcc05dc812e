using AgentMesh.Gateway.Mcp.Arguments;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using ModelContextProtocol;

namespace AgentMesh.Gateway.Mcp;

/// <summary>Refusals of requests that are not calls of tools: errors of JSON-RPC.</summary>
internal static class McpProblem
{
    /// <summary>The error of a refusal: the caller's parameters, or else the service's state.</summary>
    public static McpProtocolException Of(Refusal refusal) => new(McpResults.Say(refusal), ProblemTypes.Of(refusal.Code).Status switch
    {
        StatusCodes.Status429TooManyRequests or >= StatusCodes.Status500InternalServerError => McpErrorCode.InternalError,
        _ => McpErrorCode.InvalidParams,
    });

    /// <summary>Parameters that have to be there: the SDK takes a request without any, and members that are null.</summary>
    public static T Required<T>(T? parameter)
        where T : class => parameter ?? throw new McpProtocolException("The request lacks parameters.", McpErrorCode.InvalidParams);

    /// <summary>There is no tool of that name for who asks.</summary>
    public static McpProtocolException NoTool(string name) =>
        new($"Unknown tool: {JsonWords.Cut(name)}. tools/list has those that there are.", McpErrorCode.InvalidParams);

    /// <summary>There is no resource of that name, which the error's data repeat; the code is the revision's.</summary>
    public static McpProtocolException NoResource(string uri, string? revision) => new(
        "There is no such resource; resources/list has those of this agent.",
        McpRevisions.HasNoHandshake(revision) ? McpErrorCode.InvalidParams : McpErrorCode.ResourceNotFound)
    {
        Data = { ["uri"] = uri },
    };
}
