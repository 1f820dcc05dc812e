using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using AgentMesh.X402.Wire;
using Microsoft.Net.Http.Headers;

namespace AgentMesh.Facilitator.Hosting;

/// <summary>The bodies of this app: JSON in UTF-8, and no longer than any part of x402 reads.</summary>
internal static class JsonBody
{
    private static readonly Refusal NotJson = new(EdgeRefusals.UnsupportedMediaType, "Send the body as Content-Type: application/json in UTF-8, without Content-Encoding.");

    private static readonly Refusal TooLarge = new(EdgeRefusals.BodyTooLarge, $"The body is longer than {X402Limits.MaxBodyBytes} bytes.");

    /// <summary>The bytes; null when the request has been answered with a problem.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        // A page of another origin can send any other type without asking.
        if (context.Request.Headers.ContentEncoding.Count > 0
            || !MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            await Problem.WriteAsync(context, NotJson);
            return null;
        }

        // In memory there is no Kestrel that counts.
        var buffer = new byte[(int)Math.Min(context.Request.ContentLength ?? X402Limits.MaxBodyBytes, X402Limits.MaxBodyBytes) + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length <= X402Limits.MaxBodyBytes)
            return buffer[..length];
        await Problem.WriteAsync(context, TooLarge);
        return null;
    }

    /// <summary>Answers with JSON that is for this caller and this moment only.</summary>
    public static Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = json.Length;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }
}
