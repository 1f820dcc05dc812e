using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.X402.AspNetCore.Tests.Fakes;

/// <summary>A handler that counts how often it ran, and answers what it was asked.</summary>
internal sealed class Counted
{
    private int _runs;

    public int Runs => _runs;

    /// <summary>The price is 0.10, at <c>/paint</c>.</summary>
    public void Map(WebApplication app) => app.MapPost("/paint", PaintAsync).RequirePayment("0.10");

    public async Task PaintAsync(HttpContext context)
    {
        Interlocked.Increment(ref _runs);
        using var reader = new StreamReader(context.Request.Body);
        context.Response.ContentType = "text/plain";
        context.Response.Headers["X-Painter"] = "Ada";
        await context.Response.WriteAsync($"Did: {await reader.ReadToEndAsync(context.RequestAborted)}", context.RequestAborted);
    }
}
