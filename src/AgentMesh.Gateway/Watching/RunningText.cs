using System.Text;

namespace AgentMesh.Gateway.Watching;

/// <summary>The text a model has written so far for a turn. Its owner locks.</summary>
internal sealed class RunningText(string turn, int maxLength)
{
    private readonly StringBuilder _text = new();
    private (int Attempt, int From, int To, Delta? Piece) _latest;

    public string Turn { get; } = turn;

    public int Attempt { get; private set; }

    public int Length => _text.Length;

    /// <summary>Adds a piece.</summary>
    /// <returns>False when it does not fit: something before it is missing.</returns>
    public bool TryAdd(int attempt, int at, string text)
    {
        if (attempt < Attempt)
            return true;
        if (attempt > Attempt)
        {
            if (at != 0)
                return false;
            Begin(attempt);
        }

        if (at > Length)
            // Once the text is cut, nothing fits any more and nothing is missing: the end brings all of it.
            return Length >= maxLength;
        Append(text, Length - at);
        return true;
    }

    /// <summary>Takes over the text from its beginning, unless as much is known already.</summary>
    /// <returns>True when it was news.</returns>
    public bool Set(int attempt, string text)
    {
        if (attempt < Attempt || attempt == Attempt && text.Length <= Length)
            return false;
        if (attempt > Attempt)
            Begin(attempt);
        Append(text, Length);
        return true;
    }

    /// <summary>What follows on <paramref name="from"/>. Watchers at the same place share it.</summary>
    public Delta After(int from)
    {
        if (_latest is { Piece: { } piece } && _latest.Attempt == Attempt && _latest.From == from && _latest.To == Length)
            return piece;
        piece = new Delta(WatchJson.Delta(Turn, Attempt, from, _text.ToString(from, Length - from)));
        _latest = (Attempt, from, Length, piece);
        return piece;
    }

    private void Begin(int attempt)
    {
        Attempt = attempt;
        _text.Clear();
    }

    private void Append(string text, int known)
    {
        if (known < text.Length && Length < maxLength)
            _text.Append(text, known, text.Length - known);
    }
}

/// <summary>A piece of text on its way to watchers.</summary>
/// <param name="Json">As event streams show it.</param>
internal sealed record Delta(byte[] Json)
{
    private byte[]? _frame;

    /// <summary>The WebSocket frame, with its header.</summary>
    public byte[] Frame => _frame ??= SocketFrames.Text(Json);
}
