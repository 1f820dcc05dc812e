using System.Buffers;
using System.IO.Pipelines;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Restoring;

/// <summary>Reads a body line by line, as it comes: memory is taken for one line at a time.</summary>
/// <param name="reader">The body.</param>
/// <param name="maxBytes">Longest line.</param>
internal sealed class LineReader(PipeReader reader, int maxBytes)
{
    /// <summary>The number of the line that was read last; from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The next line, without its end. The last one need not have one.</summary>
    /// <returns>Null: there is none. Refused: it is too long, or what comes is not HTTP.</returns>
    public async ValueTask<Result<byte[]>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var part = await RequestBody.ReadPartAsync(reader, cancellationToken);
            if (part.IsRefused)
                return part.Refusal;
            var read = part.Value;
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
                return Take(buffer.Slice(0, end), buffer.GetPosition(1, end));
            if (buffer.Length > maxBytes)
                return Take(buffer, buffer.End);
            if (read.IsCompleted && !buffer.IsEmpty)
                return Take(buffer, buffer.End);
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                return null;
        }
    }

    private Result<byte[]> Take(ReadOnlySequence<byte> line, SequencePosition next)
    {
        Number++;
        if (line.Length > maxBytes)
        {
            reader.AdvanceTo(next);
            return new Refusal(AgentRefusals.InvalidExport, $"Line {Number} is longer than {maxBytes} bytes.");
        }

        var taken = line.ToArray();
        reader.AdvanceTo(next);
        return taken;
    }
}
