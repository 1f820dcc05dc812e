using System.Buffers;

namespace AgentMesh.Agents.Conversation;

/// <summary>
/// One message as it is stored. Turn and count stand here so that the whole answer to a repeated request can be made again
/// from this record alone.
/// </summary>
/// <param name="Seq">Its number in the agent's event log.</param>
/// <param name="Role">Who said it.</param>
/// <param name="Content">The text.</param>
/// <param name="At">When, to the millisecond.</param>
/// <param name="Turn">The turn it belongs to.</param>
/// <param name="Count">The agent's messages including this one.</param>
public sealed record StoredMessage(long Seq, MessageRole Role, string Content, DateTimeOffset At, long Turn, long Count)
{
    /// <summary>More than everything but the text takes: names, punctuation, and three numbers of 16 digits.</summary>
    private const int EncodedOverheadBytes = 160;

    /// <summary>What the default JSON encoder leaves as it is; everything else becomes <c>\uXXXX</c> or shorter.</summary>
    private static readonly SearchValues<char> Plain =
        SearchValues.Create(" !#$%()*,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>
    /// An upper bound of the bytes of this message as JSON. A bound that only counts, because the exact figure costs a second
    /// encoding of every message and changes on its way through daprd anyway.
    /// </summary>
    public int EncodedBytes() => EncodedOverheadBytes + EncodedBytes(Content);

    /// <summary>The same, of a text alone.</summary>
    /// <param name="text">The text.</param>
    public static int EncodedBytes(string text)
    {
        var rest = text.AsSpan();
        var bytes = rest.Length;
        for (var next = rest.IndexOfAnyExcept(Plain); next >= 0; next = rest.IndexOfAnyExcept(Plain))
        {
            bytes += 5;
            rest = rest[(next + 1)..];
        }

        return bytes;
    }
}
