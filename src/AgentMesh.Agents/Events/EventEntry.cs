using System.Text;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;

namespace AgentMesh.Agents.Events;

/// <summary>One event as the log stores it. Its seq is its place in the log.</summary>
/// <param name="Session">The session.</param>
public abstract record EventEntry(string Session)
{
    private const byte User = 1;
    private const byte Assistant = 2;
    private const byte Error = 3;
    private const byte AssistantWithUsage = 4;
    private const byte Fact = 5;

    /// <summary>Set in the kind of an entry that names its session.</summary>
    private const byte OtherSession = 0x80;

    private const int TimeBytes = 6;
    private const int TokenBytes = 4;
    private const int CostBytes = 6;

    /// <summary>
    /// The bytes of an entry: kind (1), the session's id (16) unless it is the default one, then of a user's message its page (5), of the
    /// assistant's the page (5), the turn (6) and, with usage, tokens read (4), written (4) and the cost (6), of an error the turn (6), the time in Unix milliseconds (6), and code and detail in UTF-8
    /// behind their lengths (1 and 2), of a fact the time (6), and type and data in UTF-8 behind their lengths (1 and 2).
    /// </summary>
    internal byte[] ToBytes()
    {
        var bytes = new List<byte>(32);
        var other = Session == SessionNames.Default ? (byte)0 : OtherSession;
        bytes.Add((byte)(other | this switch
        {
            UserMessageEntry => User,
            AssistantMessageEntry { Usage: null } => Assistant,
            AssistantMessageEntry => AssistantWithUsage,
            FactEntry => Fact,
            _ => Error,
        }));
        if (other != 0)
            bytes.AddRange(SessionId.Decode(Session));
        switch (this)
        {
            case UserMessageEntry message:
                AddNumber(bytes, message.Page, PackedPointer.PageBytes);
                break;
            case AssistantMessageEntry message:
                AddNumber(bytes, message.Page, PackedPointer.PageBytes);
                AddNumber(bytes, message.Turn, PackedPointer.SeqBytes);
                if (message.Usage is { } usage)
                {
                    AddNumber(bytes, usage.InputTokens, TokenBytes);
                    AddNumber(bytes, usage.OutputTokens, TokenBytes);
                    AddNumber(bytes, usage.CostMicroUsd, CostBytes);
                }

                break;
            case ErrorEntry error:
                AddNumber(bytes, error.Turn, PackedPointer.SeqBytes);
                AddNumber(bytes, error.At.ToUnixTimeMilliseconds(), TimeBytes);
                AddTexts(bytes, error.Code, error.Detail);
                break;
            case FactEntry fact:
                AddNumber(bytes, fact.At.ToUnixTimeMilliseconds(), TimeBytes);
                AddTexts(bytes, fact.Type, fact.Data);
                break;
            default:
                throw new InvalidOperationException($"No layout for {GetType().Name}.");
        }

        return [.. bytes];
    }

    /// <summary>How many bytes the entry at the front has, without reading it; -1 when there is none.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> from)
    {
        if (from.IsEmpty)
            return -1;
        var head = (from[0] & OtherSession) == 0 ? 1 : 1 + SessionId.Bytes;
        var length = (from[0] & ~OtherSession) switch
        {
            User => head + PackedPointer.PageBytes,
            Assistant => head + PackedPointer.PageBytes + PackedPointer.SeqBytes,
            AssistantWithUsage => head + PackedPointer.PageBytes + PackedPointer.SeqBytes + 2 * TokenBytes + CostBytes,
            Error => LengthOfTexts(from, head + PackedPointer.SeqBytes + TimeBytes),
            Fact => LengthOfTexts(from, head + TimeBytes),
            _ => -1,
        };
        return length <= from.Length ? length : -1;
    }

    /// <summary>How many bytes an entry has that ends in two texts.</summary>
    private static int LengthOfTexts(ReadOnlySpan<byte> from, int at)
    {
        if (at >= from.Length)
            return -1;
        var secondAt = at + 1 + from[at];
        return secondAt + sizeof(ushort) > from.Length
            ? -1
            : secondAt + sizeof(ushort) + (int)PackedPointer.ReadNumber(from.Slice(secondAt, sizeof(ushort)));
    }

    /// <summary>Reads the entry at the front and moves past it.</summary>
    /// <returns>Null when the bytes are no entry: the record is damaged.</returns>
    internal static EventEntry? Take(ref ReadOnlySpan<byte> from)
    {
        var reader = new Reader(from);
        var kind = (byte)reader.Number(1);
        var session = (kind & OtherSession) == 0 ? SessionNames.Default : reader.Session();
        EventEntry? entry = (kind & ~OtherSession) switch
        {
            User => new UserMessageEntry(session, (int)reader.Number(PackedPointer.PageBytes)),
            Assistant => new AssistantMessageEntry(
                session, (int)reader.Number(PackedPointer.PageBytes), reader.Number(PackedPointer.SeqBytes), null),
            AssistantWithUsage => new AssistantMessageEntry(
                session,
                (int)reader.Number(PackedPointer.PageBytes),
                reader.Number(PackedPointer.SeqBytes),
                new ModelUsage(reader.Number(TokenBytes), reader.Number(TokenBytes), reader.Number(CostBytes))),
            Error => new ErrorEntry(
                session,
                reader.Number(PackedPointer.SeqBytes),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.Number(TimeBytes)),
                reader.Text((int)reader.Number(1)),
                reader.Text((int)reader.Number(sizeof(ushort)))),
            Fact => new FactEntry(
                session,
                DateTimeOffset.FromUnixTimeMilliseconds(reader.Number(TimeBytes)),
                reader.Text((int)reader.Number(1)),
                reader.Text((int)reader.Number(sizeof(ushort)))),
            _ => null,
        };
        from = reader.Rest;
        return reader.IsDamaged ? null : entry;
    }

    private static void AddTexts(List<byte> bytes, string first, string second)
    {
        var (one, other) = (Encoding.UTF8.GetBytes(first), Encoding.UTF8.GetBytes(second));
        bytes.Add((byte)one.Length);
        bytes.AddRange(one);
        AddNumber(bytes, other.Length, sizeof(ushort));
        bytes.AddRange(other);
    }

    private static void AddNumber(List<byte> bytes, long number, int width)
    {
        Span<byte> packed = stackalloc byte[width];
        PackedPointer.WriteNumber(packed, number);
        bytes.AddRange(packed);
    }

    /// <summary>Reads fields in order; past the end everything is 0 and the record damaged.</summary>
    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        internal ReadOnlySpan<byte> Rest { get; private set; } = bytes;

        internal bool IsDamaged { get; private set; }

        internal long Number(int width) => PackedPointer.ReadNumber(Take(width));

        internal string Session() => SessionId.Encode(Take(SessionId.Bytes));

        internal string Text(int length) => Encoding.UTF8.GetString(Take(length));

        private ReadOnlySpan<byte> Take(int length)
        {
            if (Rest.Length < length)
            {
                IsDamaged = true;
                return new byte[length];
            }

            var taken = Rest[..length];
            Rest = Rest[length..];
            return taken;
        }
    }
}

/// <summary>A message of the user. Its turn is its own seq.</summary>
/// <param name="Session">The session.</param>
/// <param name="Page">The page of the session it stands in.</param>
public sealed record UserMessageEntry(string Session, int Page) : EventEntry(Session);

/// <summary>A message of the assistant.</summary>
/// <param name="Session">The session.</param>
/// <param name="Page">The page of the session it stands in.</param>
/// <param name="Turn">The turn it ends.</param>
/// <param name="Usage">What a model's answer took; null when it did not say, or no model was asked.</param>
public sealed record AssistantMessageEntry(string Session, int Page, long Turn, ModelUsage? Usage) : EventEntry(Session);

/// <summary>What a model's answer took.</summary>
/// <param name="InputTokens">Tokens read; below 2^32.</param>
/// <param name="OutputTokens">Tokens written; below 2^32.</param>
/// <param name="CostMicroUsd">Price in millionths of a US dollar; below 2^48.</param>
public sealed record ModelUsage(long InputTokens, long OutputTokens, long CostMicroUsd)
{
    private const long MaxTokens = uint.MaxValue;
    private const long MaxCost = (1L << 48) - 1;

    /// <summary>What can be stored of what a model says it took.</summary>
    public static ModelUsage Create(long inputTokens, long outputTokens, long costMicroUsd) => new(
        Math.Clamp(inputTokens, 0, MaxTokens), Math.Clamp(outputTokens, 0, MaxTokens), Math.Clamp(costMicroUsd, 0, MaxCost));
}

/// <summary>A turn ended without an answer.</summary>
/// <param name="Session">The session.</param>
/// <param name="Turn">The turn.</param>
/// <param name="At">When, to the millisecond.</param>
/// <param name="Code">A refusal code.</param>
/// <param name="Detail">Why, safe to show; at most <see cref="EventLimits.DetailBytes"/>.</param>
public sealed record ErrorEntry(string Session, long Turn, DateTimeOffset At, string Code, string Detail) : EventEntry(Session);
