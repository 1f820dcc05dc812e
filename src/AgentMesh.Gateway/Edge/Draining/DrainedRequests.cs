using Microsoft.Net.Http.Headers;

namespace AgentMesh.Gateway.Edge.Draining;

/// <summary>Counts requests, and ends connections with their answers while the gateway drains. The first of all: whatever comes in counts.</summary>
internal sealed class DrainedRequests(RequestDelegate next, Drain drain)
{
    public async Task InvokeAsync(HttpContext context)
    {
        drain.Begin();
        try
        {
            // RFC 9112, 9.6: the server closes the connection after this answer, and the client sends nothing more on it.
            if (drain.IsOn)
                context.Response.Headers[HeaderNames.Connection] = "close";
            await next(context);
        }
        finally
        {
            drain.End();
        }
    }
}
