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
            var part = await ReadPartAsync(reader, context.RequestAborted);
            if (part.IsRefused)
                return part.Refusal;
            var read = part.Value;
            if (read.Buffer.Length > EdgeServer.MaxBodyBytes)
                return TooLarge;
            if (read.IsCompleted)
                return read.Buffer;
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>What of a body is there. It is the reader's to advance.</summary>
    public static async ValueTask<Result<ReadResult>> ReadPartAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            // Kestrel's exception for a chunk size of more than 31 bits is no BadHttpRequestException.
            return NotHttp;
        }
    }

    /// <summary>Gives the bytes back.</summary>
    public static void Release(HttpContext context, ReadOnlySequence<byte> body) => context.Request.BodyReader.AdvanceTo(body.End);
}
