namespace AgentMesh.Gateway.Edge;

/// <summary>Headers of every answer: what an agent says is private, and its media type is the declared one.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        return next(context);
    }
}
