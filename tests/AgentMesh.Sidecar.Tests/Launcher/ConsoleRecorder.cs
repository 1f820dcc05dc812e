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
    public Task<int> WaitForAsync(string text, int after = 0)
    {
        lock (_lines)
        {
            var index = _lines.FindIndex(Math.Min(after, _lines.Count), line => line.Contains(text, StringComparison.Ordinal));
            if (index >= 0) return Task.FromResult(index + 1);
            var found = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((line => line.Contains(text, StringComparison.Ordinal), found));
            // Generous: the machine may be busy. A failure then shows what was said instead.
            return found.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
    }
}
