using System.Buffers;
using System.IO.Pipelines;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Edge;

/// <summary>Reads bodies so that whatever is sent ends in bytes or in a refusal.</summary>
internal static class RequestBody
{
    private static readonly Refusal TooLarge = new(EdgeRefusals.BodyTooLarge, $"The body is longer than {EdgeServer.MaxBodyBytes} bytes.");

    private static readonly Refusal NotHttp = new(EdgeRefusals.BadRequest, "The request does not follow HTTP.");

    /// <summary>The whole body. Its bytes are the reader's until <see cref="Release"/>.</summary>
    public static async ValueTask<Result<ReadOnlySequence<byte>>> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > EdgeServer.MaxBodyBytes)
            return TooLarge;
        var reader = context.Request.BodyReader;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await reader.ReadAsync(context.RequestAborted);
            }
            catch (IOException exception) when (exception is not BadHttpRequestException)
            {
                // Kestrel's exception for a chunk size of more than 31 bits is no BadHttpRequestException.
                return NotHttp;
            }

            if (read.Buffer.Length > EdgeServer.MaxBodyBytes)
                return TooLarge;
            if (read.IsCompleted)
                return read.Buffer;
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Gives the bytes back.</summary>
    public static void Release(HttpContext context, ReadOnlySequence<byte> body) => context.Request.BodyReader.AdvanceTo(body.End);
}
