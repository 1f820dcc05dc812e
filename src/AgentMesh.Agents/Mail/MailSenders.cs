using System.Security.Cryptography;
using System.Text;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Mail;

/// <summary>
/// Up to where the mail of a sixteenth of the senders was taken. State key <c>mail-from:{bucket}</c>. Messages of one sender come by rising numbers, so
/// the last one is enough to know a repeat by. An entry is 12 bytes of the sender's SHA-256, 6 of its generation, 6 of its number, 6 of the
/// number it got here (0: it was refused, and got none), 6 of time in Unix milliseconds, 1 of <see cref="MailOutcome"/>.
/// </summary>
/// <param name="Entries">The packed entries.</param>
public sealed record MailSenders(PackedEntries Entries)
{
    internal const int EntryBytes = HashBytes + 4 * NumberBytes + 1;

    private const int HashBytes = 12;
    private const int NumberBytes = 6;
    private const int GenerationAt = HashBytes;
    private const int NumberAt = GenerationAt + NumberBytes;
    private const int HereAt = NumberAt + NumberBytes;
    private const int TimeAt = HereAt + NumberBytes;
    private const int OutcomeAt = TimeAt + NumberBytes;

    /// <summary>No sender.</summary>
    public static MailSenders Empty { get; } = new(PackedEntries.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.MailSenders;

    internal int Count => Entries.Bytes.Length / EntryBytes;

    /// <summary>Which record a sender is in.</summary>
    public static int BucketOf(string sender) => Hash(sender)[0] % MailLimits.SenderBuckets;

    /// <summary>What is known of a sender's messages.</summary>
    /// <param name="sender">The sender.</param>
    /// <param name="generation">When its numbers began, Unix milliseconds: they begin anew when an agent is erased.</param>
    /// <param name="number">The message's number.</param>
    /// <param name="lastHere">The number of the last message here that the head knows.</param>
    /// <returns>What became of it; null: it was not here.</returns>
    internal MailOutcome? Look(string sender, long generation, long number, long lastHere)
    {
        if (IndexOf(Hash(sender)) is not { } index)
            return null;
        var entry = Entry(index);
        var known = Number(entry, GenerationAt);
        if (known != generation)
            return known < generation ? null : MailOutcome.Outdated;
        var last = Number(entry, NumberAt);
        if (number < last)
            return MailOutcome.Stored;
        // One whose transaction's head was never stored is not here.
        return number > last || Number(entry, HereAt) > lastHere ? null : (MailOutcome)entry[OutcomeAt];
    }

    /// <summary>The number here of a sender's message, when it is its last one; null: it is not.</summary>
    /// <param name="mail">The message.</param>
    public long? PlaceOf(IncomingMail mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return IndexOf(Hash(mail.From)) is { } index && Entry(index) is var entry && Number(entry, GenerationAt) == mail.Generation && Number(entry, NumberAt) == mail.N
            ? Number(entry, HereAt)
            : null;
    }

    /// <summary>Without those that are not remembered any more.</summary>
    internal MailSenders Prune(DateTimeOffset now)
    {
        var kept = new List<byte>();
        for (var index = 0; index < Count; index++)
        {
            if ((now - DateTimeOffset.FromUnixTimeMilliseconds(Number(Entry(index), TimeAt))).Duration() < MailLimits.SendersKept)
                kept.AddRange(Entry(index));
        }

        return kept.Count == Entries.Bytes.Length ? this : this with { Entries = new PackedEntries([.. kept]) };
    }

    /// <summary>True when there is room for the sender.</summary>
    internal bool HasRoom(string sender) => Count < MailLimits.SendersPerBucket || IndexOf(Hash(sender)) is not null;

    /// <summary>With a message that was taken, or refused for good.</summary>
    internal MailSenders With(string sender, long generation, long number, long here, MailOutcome outcome, DateTimeOffset now)
    {
        var hash = Hash(sender);
        var index = IndexOf(hash) ?? Count;
        var all = new byte[Math.Max(Entries.Bytes.Length, (index + 1) * EntryBytes)];
        Entries.Bytes.CopyTo(all);
        var entry = all.AsSpan(index * EntryBytes, EntryBytes);
        hash.AsSpan(0, HashBytes).CopyTo(entry);
        PackedPointer.WriteNumber(entry.Slice(GenerationAt, NumberBytes), generation);
        PackedPointer.WriteNumber(entry.Slice(NumberAt, NumberBytes), number);
        PackedPointer.WriteNumber(entry.Slice(HereAt, NumberBytes), here);
        PackedPointer.WriteNumber(entry.Slice(TimeAt, NumberBytes), now.ToUnixTimeMilliseconds());
        entry[OutcomeAt] = (byte)outcome;
        return this with { Entries = new PackedEntries(all) };
    }

    private static byte[] Hash(string sender) => SHA256.HashData(Encoding.UTF8.GetBytes(sender));

    private static long Number(ReadOnlySpan<byte> entry, int at) => PackedPointer.ReadNumber(entry.Slice(at, NumberBytes));

    private int? IndexOf(byte[] hash)
    {
        for (var index = 0; index < Count; index++)
        {
            if (Entry(index)[..HashBytes].SequenceEqual(hash.AsSpan(0, HashBytes)))
                return index;
        }

        return null;
    }

    private ReadOnlySpan<byte> Entry(int index) => Entries.Bytes.Slice(index * EntryBytes, EntryBytes);
}

/// <summary>What became of a message that came. The numbers are stored.</summary>
public enum MailOutcome : byte
{
    /// <summary>It was taken, and will not be answered.</summary>
    Stored = 0,

    /// <summary>It was taken, and is to be answered.</summary>
    ToAnswer = 1,

    /// <summary>Its deadline was over.</summary>
    Expired = 2,

    /// <summary>The policy does not allow it.</summary>
    NotAllowed = 3,

    /// <summary>It had come by too many agents.</summary>
    TooManyHops = 4,

    /// <summary>Its sender was erased since, and its numbers have begun anew. Never stored.</summary>
    Outdated = 255,
}
