using System.Globalization;
using System.Text;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>How the end of a body is told.</summary>
internal enum Framing
{
    /// <summary>By <c>Content-Length</c>.</summary>
    Length,

    /// <summary>In chunks.</summary>
    Chunked,

    /// <summary>In chunks, cut off in the middle of the second.</summary>
    ChunkedCut,

    /// <summary>In a chunk whose size is no number that anybody has.</summary>
    ChunkedHuge,

    /// <summary><c>Content-Length</c> is more than comes.</summary>
    Long,

    /// <summary><c>Content-Length</c> is less than comes.</summary>
    Short,

    /// <summary>Not at all.</summary>
    None,

    /// <summary>In chunks and by a length.</summary>
    Both,

    /// <summary>By two lengths that differ.</summary>
    TwoLengths,

    /// <summary>By what is no number.</summary>
    NoNumber,

    /// <summary>The head is cut off.</summary>
    HeadCut,
}

/// <summary>One request over HTTP/1.1, byte for byte.</summary>
/// <param name="Kind">What it is about and what is wrong with it, for the report.</param>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query, as they are sent.</param>
/// <param name="Headers">Without those of the body's length.</param>
/// <param name="Body">The body.</param>
/// <param name="Framing">How its end is told.</param>
internal sealed record HttpCase(string Kind, string Method, string Target, (string Name, string Value)[] Headers, byte[] Body, Framing Framing = Framing.Length)
{
    /// <summary>Stands for the user whose agent the request is about: who that is is known when it is sent.</summary>
    public const string User = "zz-user-zz";

    private const int ServersHeadBytes = 32 * 1024;
    private const int ServersBodyBytes = 1024 * 1024;
    private const int PrintedBytes = 3000;

    /// <summary>Nothing comes after it: the server cannot know where it ends, or waits for more.</summary>
    public bool EndsConnection => Framing != Framing.Length && Framing != Framing.Chunked || Method == "CONNECT";

    /// <summary>The server may end the connection without a word.</summary>
    public bool MayBeCut => EndsConnection || Body.Length > ServersBodyBytes || Target.Length + Headers.Sum(header => header.Value.Length) > ServersHeadBytes / 4;

    /// <summary>It shows no token.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>Without its body it cannot be taken.</summary>
    public bool ReadsBody { get; init; } = true;

    public bool IsMcp => Target.Contains("/mcp", StringComparison.OrdinalIgnoreCase);

    public byte[] Render(string user)
    {
        var body = Replace(Body, user);
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Method} {Target} HTTP/1.1\r\n");
        foreach (var (name, value) in Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        switch (Framing)
        {
            case Framing.Length when body.Length > 0 || Method is not ("GET" or "HEAD"):
                head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
                break;
            case Framing.Chunked or Framing.ChunkedCut or Framing.ChunkedHuge:
                head.Append("Transfer-Encoding: chunked\r\n");
                body = Chunks(body);
                break;
            case Framing.Long:
                head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length + 7}\r\n");
                break;
            case Framing.Short:
                head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Math.Max(0, body.Length - 1)}\r\n");
                break;
            case Framing.Both:
                head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\nTransfer-Encoding: chunked\r\n");
                body = Chunks(body);
                break;
            case Framing.TwoLengths:
                head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\nContent-Length: {body.Length + 1}\r\n");
                break;
            case Framing.NoNumber:
                head.Append("Content-Length: 1e1\r\n");
                break;
            default:
                break;
        }

        var text = head.Append("\r\n").Replace(User, user).ToString();
        var bytes = text.All(letter => letter <= 0xFF) ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);
        return Framing == Framing.HeadCut ? bytes[..(bytes.Length / 2)] : [.. bytes, .. body];
    }

    /// <summary>What a request is about, without what is wrong with it.</summary>
    public static string GroupOf(string kind) => kind.Split('~')[0];

    /// <summary>For a report: whole, unless it is very long.</summary>
    public static string Print(byte[] bytes)
    {
        var text = string.Concat(Encoding.Latin1.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, PrintedBytes))).Select(letter =>
            letter is '\n' or (>= ' ' and < '\u007f') ? $"{letter}" : letter == '\r' ? "" : $"\\x{(int)letter:x2}"));
        return bytes.Length > PrintedBytes ? $"{text}… ({bytes.Length} bytes)" : text;
    }

    private byte[] Chunks(byte[] body) => Framing switch
    {
        Framing.ChunkedHuge => "fffffffffffffffff\r\n"u8.ToArray(),
        Framing.ChunkedCut => [.. Encoding.ASCII.GetBytes($"{body.Length + 9:x}\r\n"), .. body],
        _ when body.Length == 0 => "0\r\n\r\n"u8.ToArray(),
        _ when body.Length == 1 => [.. "1\r\n"u8, body[0], .. "\r\n0\r\n\r\n"u8],
        _ => [.. "1;ext=\"a\"\r\n"u8, body[0], .. Encoding.ASCII.GetBytes($"\r\n{body.Length - 1:X}\r\n"), .. body[1..], .. "\r\n0\r\nTrailer: a\r\n\r\n"u8],
    };

    private static byte[] Replace(byte[] bytes, string user)
    {
        var place = Encoding.ASCII.GetBytes(User);
        if (bytes.AsSpan().IndexOf(place) < 0)
            return bytes;
        var name = Encoding.ASCII.GetBytes(user);
        using var made = new MemoryStream();
        var at = 0;
        for (int found; (found = bytes.AsSpan(at).IndexOf(place)) >= 0; at += found + place.Length)
        {
            made.Write(bytes, at, found);
            made.Write(name);
        }

        made.Write(bytes.AsSpan(at));
        return made.ToArray();
    }
}
