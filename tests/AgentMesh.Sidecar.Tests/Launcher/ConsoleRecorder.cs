using System.Text;

namespace AgentMesh.Sidecar.Tests.Launcher;

/// <summary>Records what the launcher says, and lets a test await a line.</summary>
internal sealed class ConsoleRecorder : TextWriter
{
    private readonly List<string> _lines = [];
    private readonly List<(Predicate<string> Wanted, TaskCompletionSource<int> Found)> _waiting = [];

    public override Encoding Encoding => Encoding.UTF8;

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines) return [.. _lines];
        }
    }

    public override void WriteLine(string? value)
    {
        lock (_lines)
        {
            _lines.Add(value ?? "");
            _waiting.RemoveAll(waiter => waiter.Wanted(value ?? "") && waiter.Found.TrySetResult(_lines.Count));
        }
    }

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    /// <summary>Completes with the number of lines up to the first that contains the text, not counting the first <paramref name="after"/>.</summary>
    /// <exception cref="TimeoutException">It did not come; the message has what was said instead.</exception>
    public async Task<int> WaitForAsync(string text, int after = 0)
    {
        var found = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lines)
        {
            var index = _lines.FindIndex(Math.Min(after, _lines.Count), line => line.Contains(text, StringComparison.Ordinal));
            if (index >= 0) return index + 1;
            _waiting.Add((line => line.Contains(text, StringComparison.Ordinal), found));
        }

        try
        {
            // Generous: the machine may be busy.
            return await found.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"'{text}' did not come:\n{string.Join('\n', Lines)}");
        }
    }
}
