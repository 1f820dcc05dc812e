using System.Collections.Concurrent;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Passes on the output of a process line by line, in bounded memory, and remembers the last lines.</summary>
/// <param name="prefix">Put before each line.</param>
/// <param name="output">Receives whole lines; must be safe for concurrent use.</param>
internal sealed class LinePump(string prefix, Action<string> output)
{
    /// <summary>A longer line is passed on in pieces.</summary>
    public const int MaxLineChars = 16 * 1024;

    /// <summary>Lines remembered.</summary>
    public const int LastLineCount = 20;

    private readonly ConcurrentQueue<string> _last = new();

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<string> LastLines => [.. _last];

    /// <summary>Reads until the end of the stream. Several streams of one process may be pumped at once.</summary>
    public async Task RunAsync(TextReader reader)
    {
        var buffer = new char[4096];
        var line = new System.Text.StringBuilder();
        try
        {
            while (await reader.ReadAsync(buffer) is > 0 and var read)
            {
                for (var index = 0; index < read; index++)
                {
                    var character = buffer[index];
                    if (character == '\n' || line.Length == MaxLineChars) PassOn(line);
                    if (character is not ('\n' or '\r')) line.Append(character);
                }
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // The process was killed: what it said until then counts.
        }

        if (line.Length > 0) PassOn(line);
    }

    private void PassOn(System.Text.StringBuilder line)
    {
        var text = line.ToString();
        line.Clear();
        _last.Enqueue(text);
        if (_last.Count > LastLineCount) _last.TryDequeue(out _);
        output(prefix + text);
    }
}
