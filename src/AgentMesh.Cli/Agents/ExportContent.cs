using System.Net;
using System.Net.Http.Headers;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Agents;

/// <summary>A file as the body of a request, with how far it is.</summary>
internal sealed class ExportContent : HttpContent
{
    private const int BufferBytes = 64 * 1024;

    private readonly FileStream _file;
    private readonly ProgressBar _bar;

    public ExportContent(FileStream file, ProgressBar bar)
    {
        (_file, _bar) = (file, bar);
        Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        var sent = 0L;
        while (await _file.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            _bar.Report(sent += read);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _file.Length;
        return true;
    }
}
