using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Edge;

/// <summary>
/// The door of the modes in which callers prove who they are. A page of another origin is kept out whatever token it has: what may call is configured.
/// Behind a proxy that ends TLS the gateway's own pages are of an origin that is configured too.
/// </summary>
internal sealed class TokenDoor(RequestDelegate next, ForeignPages pages)
{
    public Task InvokeAsync(HttpContext context) =>
        pages.WhyForeign(context.Request, context.Request.Headers.Host.ToString()) is { } refusal ? Problem.WriteAsync(context, refusal) : next(context);
}
