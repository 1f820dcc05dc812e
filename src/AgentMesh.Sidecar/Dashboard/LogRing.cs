using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>
/// The last lines of the apps and the sidecar. Who writes never waits: a reader that is too slow misses lines and is told how many.
/// </summary>
internal sealed class LogRing(TimeProvider timeProvider)
{
    /// <summary>Lines kept.</summary>
    public const int Capacity = 5_000;

    /// <summary>Characters of a line; the rest is cut.</summary>
    public const int MaxChars = 4_000;

    private readonly Lock _gate = new();
    private readonly LogLine[] _lines = new LogLine[Capacity];
    private readonly Dictionary<string, string> _lastLevel = new(StringComparer.Ordinal);
    private readonly Pulse _added = new();
    private IReadOnlyList<string> _secrets = [];
    private long _next = 1;

    /// <summary>Completes when a line has come; to be taken before the read that found nothing.</summary>
    public Task Added => _added.Next;

    /// <summary>Texts that no line shows.</summary>
    public void Hide(params IEnumerable<string?> secrets) => _secrets = [.. _secrets, .. secrets.OfType<string>().Where(secret => secret.Length > 0)];

    /// <summary>A line of an app's output; its level is read from the usual beginnings, else it is that of the line before.</summary>
    public void AddOutput(string appId, string line)
    {
        // The launcher's mark, which the console needs and a column of its own does not.
        if (line.StartsWith("== APP", StringComparison.Ordinal) && line.IndexOf(" == ", StringComparison.Ordinal) is > 0 and var end)
            line = line[(end + 4)..];
        lock (_gate)
        {
            var level = LogLevels.Of(line) ?? (line.StartsWith(' ') ? _lastLevel.GetValueOrDefault(appId) : null) ?? LogLevels.Info;
            _lastLevel[appId] = level;
            AddLocked(appId, level, line);
        }

        _added.Send();
    }

    /// <summary>A line of the sidecar's own log.</summary>
    public void Add(string level, string text)
    {
        lock (_gate)
            AddLocked("", level, text);
        _added.Send();
    }

    /// <summary>Lines after a number, filtered, the oldest first.</summary>
    /// <param name="after">The last one the reader has; 0: none. One from an earlier run is taken for none.</param>
    /// <param name="app">Null: all; empty: the sidecar's.</param>
    /// <param name="least">The lowest level wanted.</param>
    /// <param name="max">How many at most.</param>
    /// <returns>The page, and the number to go on from.</returns>
    public (LogPage Page, long Last) Read(long after, string? app, string least, int max)
    {
        lock (_gate)
        {
            if (after >= _next)
                after = 0;
            var first = Math.Max(1, _next - Capacity);
            var missed = after == 0 ? 0 : Math.Max(0, first - after - 1);
            var found = new List<LogLine>();
            var at = Math.Max(first, after + 1);
            for (; at < _next && found.Count < max; at++)
            {
                var line = _lines[at % Capacity];
                if ((app is null || line.App == app) && LogLevels.IsAtLeast(line.Level, least))
                    found.Add(line);
            }

            return (new LogPage(missed, found), at - 1);
        }
    }

    /// <summary>The last lines, filtered: where a reader begins.</summary>
    public (LogPage Page, long Last) ReadLast(string? app, string least, int max)
    {
        var (page, last) = Read(0, app, least, Capacity);
        return (page with { Lines = [.. page.Lines.TakeLast(max)] }, last);
    }

    private void AddLocked(string app, string level, string text)
    {
        foreach (var secret in _secrets)
            text = text.Replace(secret, SecretMask.Hidden, StringComparison.Ordinal);
        _lines[_next % Capacity] = new LogLine(_next, timeProvider.GetUtcNow(), app, level, text.Length > MaxChars ? text[..MaxChars] + "…" : text);
        _next++;
    }
}
