using System.Buffers;
using System.Text.Json;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Mcp.Transport;

/// <summary>
/// What the SDK leaves to the one who serves: sessions of former times, media types, bodies that are no messages, and silence. Who may come at all, the
/// <c>Origin</c> and the <c>Host</c>, is decided before by the door of the whole gateway.
/// </summary>
internal sealed class McpDoor(McpEndpointOptions options, TimeProvider timeProvider) : IEndpointFilter
{
    private const string SessionHeader = "Mcp-Session-Id";

    private static readonly Refusal NoSessions = new(
        EdgeRefusals.NotFound, $"No session is kept here, and this one is not known: initialize anew, without {SessionHeader}.");

    /// <summary>True when a request names a session, which its revision has. A client that is told 404 initializes anew; with the SDK's 400 it would give up.</summary>
    public static bool IsOfSession(HttpRequest request) =>
        request.Headers.ContainsKey(SessionHeader) && !McpRevisions.HasNoHandshake(request);

    /// <summary>Answers a request of a session.</summary>
    public static Task RefuseSessionAsync(HttpContext context) => Problem.WriteAsync(context, NoSessions);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (IsOfSession(http.Request))
            await RefuseSessionAsync(http);
        else if (await JsonRequest.IsDeclaredAsync(http))
            return await ServeAsync(context, next);
        return Results.Empty;
    }

    private async ValueTask<object?> ServeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var read = await RequestBody.ReadAsync(http);
        if (read.IsRefused)
        {
            await Problem.WriteAsync(http, read.Refusal);
            return Results.Empty;
        }

        var body = read.Value.ToArray();
        RequestBody.Release(http, read.Value);
        switch (McpBody.Read(body, out var message))
        {
            case McpBodyKind.NoObject:
                await RpcError.WriteNoMessageAsync(http);
                return Results.Empty;
            case McpBodyKind.NoRpc:
                await RpcError.WriteInvalidRequestAsync(http);
                return Results.Empty;
            case McpBodyKind.NoName:
                await RpcError.WriteInvalidParametersAsync(http, body);
                return Results.Empty;
            default:
                break;
        }

        try
        {
            return await ServeAsync(context, next, message);
        }
        catch (JsonException) when (!http.Response.HasStarted)
        {
            // The SDK reads the parameters of a handshake outside of what makes errors of exceptions.
            await RpcError.WriteInvalidParametersAsync(http, body);
            return Results.Empty;
        }
    }

    private async ValueTask<object?> ServeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, byte[] body)
    {
        var http = context.HttpContext;
        http.Request.Body = new MemoryStream(body, writable: false);
        var plain = http.Response.Body;
        await using var alive = new KeepAliveStream(http.Response, options.KeepAliveInterval, timeProvider);
        http.Response.Body = alive;
        try
        {
            return await next(context);
        }
        finally
        {
            http.Response.Body = plain;
        }
    }
}
