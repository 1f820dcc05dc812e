using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Console;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Edge;

/// <summary>
/// What routing leaves over. An invalid user id is 400 on every path below <c>/agent/</c>, known or not, but MCP's; then a path that is unknown,
/// or known with other methods, is 404; the page's own with other methods are 405.
/// </summary>
internal sealed class UnroutedRequests(RequestDelegate next)
{
    private static readonly Refusal InvalidUserId = new(
        EdgeRefusals.InvalidUserId, "A user id is 1-64 characters of a-z, 0-9, '.', '_' and '-', and starts with a letter or digit.");

    private static readonly Refusal PreconditionFailed = new(
        EdgeRefusals.PreconditionFailed, "If-Match or If-Unmodified-Since names another state than what is here is in.");

    private static readonly Refusal NotFound = new(EdgeRefusals.NotFound, "Nothing is at this path.");

    public async Task InvokeAsync(HttpContext context)
    {
        if (AgentPath.UserSegment(context.Request.Path) is { } segment && !UserId.TryParse(segment, out _))
        {
            // For an MCP client 400 means a server of an older revision, which it would go on asking; 404 ends it.
            await Problem.WriteAsync(context, AgentPath.IsMcp(context.Request.Path) ? NotFound : InvalidUserId);
            return;
        }

        if (context.GetEndpoint() is null)
        {
            await Problem.WriteAsync(context, NotFound);
            return;
        }

        await next(context);
        // What ASP.NET Core answers by itself has no body: routing's own endpoint for a known path with a wrong method (405 with Allow), and files.
        if (context.Response is { StatusCode: StatusCodes.Status405MethodNotAllowed, HasStarted: false })
        {
            var code = ConsoleEndpoint.Has(context.Request.Path) ? EdgeRefusals.MethodNotAllowed : EdgeRefusals.NotFound;
            await Problem.WriteAsync(context, new Refusal(code, $"This path is for {context.Response.Headers.Allow} only."));
        }
        else if (context.Response is { StatusCode: StatusCodes.Status412PreconditionFailed, HasStarted: false })
        {
            await Problem.WriteAsync(context, PreconditionFailed);
        }
    }
}
