using AgentMesh.X402.AspNetCore;

namespace AgentMesh.Gateway.Edge;

/// <summary>
/// CORS for the configured origins and nobody else. By hand, because the door before it has already matched the origin, and the
/// answer is the same for every path. Credentials are never allowed: no cookie means anything here.
/// </summary>
internal sealed class CrossOriginSharing(RequestDelegate next, AllowedOrigins origins)
{
    private const string Methods = "GET, POST, PUT, PATCH, DELETE";
    private const string MaxAgeSeconds = "600";

    // Those that MCP clients in browsers send.
    private static readonly string[] McpHeaders = ["MCP-Protocol-Version", "Mcp-Session-Id", "Mcp-Method", "Mcp-Name"];

    private static readonly string RequestHeaders = string.Join(
        ", ", ["Content-Type", "Accept", "Authorization", "Idempotency-Key", "Last-Event-ID", "Prefer", .. McpHeaders, .. PaymentHttp.RequestHeaders]);

    private static readonly string AnswerHeaders = string.Join(
        ", ", ["Location", "Preference-Applied", "Retry-After", "RateLimit", "RateLimit-Policy", "Allow", .. PaymentHttp.AnswerHeaders]);

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Headers.Origin is not [{ } origin] || !origins.Contains(origin))
            return next(context);

        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlExposeHeaders = AnswerHeaders;
        headers.Vary = "Origin";
        if (!HttpMethods.IsOptions(context.Request.Method) || context.Request.Headers.AccessControlRequestMethod.Count == 0)
            return next(context);

        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = RequestHeaders;
        headers.AccessControlMaxAge = MaxAgeSeconds;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
