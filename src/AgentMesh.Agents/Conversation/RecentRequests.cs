namespace AgentMesh.Agents.Conversation;

/// <summary>
/// The last requests and where their answers stand, so that a gateway's retry is recognised with no key, read or write of
/// its own. An entry is 9 bytes of the SHA-256 of the request id (two of 128 alike by chance: less than 1 in 10^17), 6 bytes
/// of seq, 5 bytes of page. At most 2,560 bytes, 3,416 as base64.
/// </summary>
public static class RecentRequests
{
    internal const int HashBytes = 9;
    internal const int EntryBytes = HashBytes + PackedPointer.SeqBytes + PackedPointer.PageBytes;
    internal const int MaxBytes = ConversationLimits.RecentRequests * EntryBytes;

    /// <summary>Where the answer to an earlier request stands; null when it is not known (any more).</summary>
    /// <param name="recent">The known requests.</param>
    /// <param name="hash">SHA-256 of the request id.</param>
    public static PagePointer? Find(PackedEntries recent, ReadOnlySpan<byte> hash)
    {
        var packed = recent.Bytes;
        // Newest first: a retry follows its request.
        for (var at = packed.Length - EntryBytes; at >= 0; at -= EntryBytes)
        {
            if (packed.Slice(at, HashBytes).SequenceEqual(hash[..HashBytes]))
                return PackedPointer.Read(packed[(at + HashBytes)..]);
        }

        return null;
    }

    /// <summary>With one more request; the oldest goes when there are too many.</summary>
    /// <param name="recent">The known requests.</param>
    /// <param name="hash">SHA-256 of the request id.</param>
    /// <param name="answer">Where its answer stands.</param>
    public static PackedEntries With(PackedEntries recent, ReadOnlySpan<byte> hash, PagePointer answer)
    {
        var kept = recent.Bytes;
        if (kept.Length >= MaxBytes)
            kept = kept[EntryBytes..];
        var entries = new byte[kept.Length + EntryBytes];
        kept.CopyTo(entries);
        var added = entries.AsSpan(kept.Length);
        hash[..HashBytes].CopyTo(added);
        PackedPointer.Write(added[HashBytes..], answer);
        return new PackedEntries(entries);
    }
}
