namespace AgentMesh.Agents.Conversation;

/// <summary>Unsigned big-endian numbers of odd width, as the packed records use them.</summary>
internal static class PackedPointer
{
    internal const int SeqBytes = 6;
    internal const int PageBytes = 5;

    internal static PagePointer Read(ReadOnlySpan<byte> from) =>
        new((int)ReadNumber(from.Slice(SeqBytes, PageBytes)), ReadNumber(from[..SeqBytes]));

    internal static void Write(Span<byte> to, PagePointer pointer)
    {
        WriteNumber(to[..SeqBytes], pointer.Seq);
        WriteNumber(to.Slice(SeqBytes, PageBytes), pointer.Page);
    }

    internal static long ReadNumber(ReadOnlySpan<byte> from)
    {
        var number = 0L;
        foreach (var part in from)
            number = number << 8 | part;
        return number;
    }

    internal static void WriteNumber(Span<byte> to, long number)
    {
        for (var at = to.Length - 1; at >= 0; at--, number >>= 8)
            to[at] = (byte)number;
    }
}
