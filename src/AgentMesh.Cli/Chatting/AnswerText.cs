using System.Text;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Chatting;

/// <summary>An answer as it is written: each piece is shown once, though it comes again behind a lost connection.</summary>
/// <param name="parts">Where it is shown.</param>
internal sealed class AnswerText(CliParts parts)
{
    private readonly StringBuilder _shown = new();
    private int _attempt;

    /// <summary>Shows a piece, as far as it is new.</summary>
    public async Task AddAsync(DeltaDocument delta)
    {
        if (delta.Attempt > _attempt)
        {
            await BeginAgainAsync();
            _attempt = delta.Attempt;
        }

        // Of an earlier run, or known; or something before it is missing, which comes with the whole.
        if (delta.Attempt < _attempt || delta.At > _shown.Length || delta.At + delta.Text.Length <= _shown.Length)
            return;
        await ShowAsync(delta.Text[(_shown.Length - delta.At)..]);
    }

    /// <summary>Shows what is missing of the whole.</summary>
    public async Task EndAsync(string response)
    {
        if (!response.StartsWith(_shown.ToString(), StringComparison.Ordinal))
            await BeginAgainAsync();
        await ShowAsync(response[_shown.Length..]);
        await parts.Output.WriteLineAsync();
    }

    /// <summary>There is no more: what is told next begins a line.</summary>
    public async Task BreakAsync()
    {
        if (_shown.Length > 0)
            await parts.Output.WriteLineAsync();
    }

    private async Task BeginAgainAsync()
    {
        if (_shown.Length == 0)
            return;
        await parts.Output.WriteLineAsync();
        await parts.Error.WriteLineAsync("the answer begins again:");
        _shown.Clear();
    }

    private async Task ShowAsync(string text)
    {
        _shown.Append(text);
        await parts.Output.WriteAsync(PlainText.Of(text, keepsLines: true));
        await parts.Output.FlushAsync();
    }
}
