using System.Text.Json;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Mcp.Transport;

/// <summary><c>POST /agent/{userId}/mcp</c>: MCP over streamable HTTP, each request by itself, so that any replica serves it.</summary>
internal static class McpEndpoint
{
    private const string Path = "/agent/{userId}/mcp";

    private static readonly Refusal NoStream = new(EdgeRefusals.MethodNotAllowed, "This path is for POST only: there is no stream and no session to end.");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var door = ActivatorUtilities.CreateInstance<McpDoor>(endpoints.ServiceProvider);
        // Everybody's: who is not the agent's owner has its paid tools, and nothing else.
        endpoints.MapMcp(Path).AddEndpointFilter(door).AllowAnonymous()
            .Describe("A message of MCP over streamable HTTP.", operation => operation
                .Takes<JsonDocument>(body => body.Is(Schema.AnyObject()))
                .Answers(StatusCodes.Status200OK, "application/json").Answers(StatusCodes.Status200OK, "text/event-stream").Answers(StatusCodes.Status202Accepted)
                .Answers(StatusCodes.Status400BadRequest, "application/json", RpcError.Describe())
                .Answers(StatusCodes.Status404NotFound, "application/json", RpcError.Describe())
                .Answers(StatusCodes.Status406NotAcceptable, "application/json", RpcError.Describe()));
        // The protocol wants 405 of a server without streams and sessions; anything else at an agent's path is 404.
        endpoints.MapMethods(Path, [HttpMethods.Get, HttpMethods.Delete], RefuseAsync).AllowAnonymous()
            .Describe("There is no stream and no session to end.", operation => operation.Refuses(EdgeRefusals.MethodNotAllowed, EdgeRefusals.NotFound));
    }

    private static Task RefuseAsync(HttpContext context)
    {
        if (McpDoor.IsOfSession(context.Request))
            return McpDoor.RefuseSessionAsync(context);
        context.Response.Headers.Allow = HttpMethods.Post;
        return Problem.WriteAsync(context, NoStream);
    }
}
