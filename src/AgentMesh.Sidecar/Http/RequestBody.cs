using System.Buffers;
using System.Text.Json;

namespace AgentMesh.Sidecar.Http;

/// <summary>Request bodies, read whole.</summary>
internal static class RequestBody
{
    /// <summary>Reads to the end. Kestrel holds the size limit.</summary>
    /// <exception cref="BadHttpRequestException">Longer than the app's limit, or cut off.</exception>
    public static async ValueTask<byte[]> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength == 0)
            return [];
        var reader = context.Request.BodyReader;
        try
        {
            var read = await reader.ReadAtLeastAsync(int.MaxValue, context.RequestAborted);
            var body = read.Buffer.ToArray();
            reader.AdvanceTo(read.Buffer.End);
            return body;
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            // So it is over HTTP/2: the caller has reset the stream.
            throw new BadHttpRequestException("the body was cut off", exception);
        }
    }

    /// <summary>The same for a JSON document.</summary>
    /// <exception cref="BadHttpRequestException">Also when it is not that document: the inner exception is the parser's then.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpContext context, Func<byte[], T> parse)
    {
        var body = await ReadAsync(context);
        try
        {
            return parse(body);
        }
        catch (JsonException exception)
        {
            throw new BadHttpRequestException(exception.Message, exception);
        }
    }
}
