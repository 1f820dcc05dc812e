using System.Text;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Responders;

/// <summary>The length of a reply as it comes, over all calls of the model for it, and its bound.</summary>
internal sealed class ReplyText(int maxCharacters)
{
    // What a model writes before it calls a tool and what it writes after are two paragraphs.
    private const string Break = "\n\n";

    private bool _isBreakDue;

    /// <summary>UTF-16 units so far.</summary>
    public int Characters { get; private set; }

    /// <summary>Bytes of UTF-8 of the current call.</summary>
    public long CallBytes { get; private set; }

    /// <summary>The bound is reached, and there was more.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Another call of the model begins.</summary>
    public void BeginCall()
    {
        CallBytes = 0;
        _isBreakDue = Characters > 0;
    }

    /// <summary>Takes a piece.</summary>
    /// <returns>What of it there is room for.</returns>
    public string Take(string text)
    {
        var piece = _isBreakDue ? Break + text : text;
        _isBreakDue = false;
        IsCut = piece.Length > maxCharacters - Characters;
        if (IsCut)
            piece = Utf16Text.Cut(piece, maxCharacters - Characters);
        Characters += piece.Length;
        CallBytes += Encoding.UTF8.GetByteCount(piece);
        return piece;
    }
}
