using System.Globalization;

namespace AgentMesh.Cli.Terminal;

/// <summary>
/// How far something long is: at a terminal a bar on the error output that is drawn over and gone in the end, else a line there now and then.
/// </summary>
/// <param name="parts">The error output and the clock.</param>
/// <param name="what">What is done.</param>
/// <param name="whole">How much of it there is.</param>
internal sealed class ProgressBar(CliParts parts, string what, long whole) : IDisposable
{
    private const int BarWidth = 24;

    // Of the narrowest terminal: a line that breaks cannot be drawn over.
    private const int MaxWidth = 79;

    private static readonly TimeSpan DrawnEvery = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan ToldEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long _shownAt = parts.TimeProvider.GetTimestamp();
    private int _width;

    /// <summary>Says how far it is. It may be said as often as anybody likes.</summary>
    /// <param name="done">How much is done.</param>
    /// <param name="note">What else there is to say.</param>
    public void Report(long done, string note = "")
    {
        lock (_lock)
        {
            if (parts.TimeProvider.GetElapsedTime(_shownAt) < (parts.IsErrorTerminal ? DrawnEvery : ToldEvery))
                return;
            _shownAt = parts.TimeProvider.GetTimestamp();
            var (percent, far) = (whole > 0 ? Math.Min(done, whole) * 100 / whole : 100, string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {whole:N0}"));
            if (!parts.IsErrorTerminal)
            {
                parts.Error.WriteLine($"{what}: {far} {note}".TrimEnd());
                return;
            }

            var text = string.Create(CultureInfo.InvariantCulture, $"{what} {Bar.Of(done, 0, whole, BarWidth)} {percent,3} %  {far}  {note}").TrimEnd();
            text = text.Length > MaxWidth ? text[..MaxWidth] : text;
            parts.Error.Write($"\r{text.PadRight(_width)}");
            parts.Error.Flush();
            _width = text.Length;
        }
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_width > 0)
                parts.Error.Write($"\r{new string(' ', _width)}\r");
            _width = 0;
        }
    }
}
