using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace AgentMesh.Cli.Canary;

/// <summary>
/// Texts that are nowhere by chance, and who may see each. Letters and digits only, so that they are the same in JSON, in a URL, in an event stream and
/// in a log.
/// </summary>
internal sealed partial class MarkerBook(RandomNumberGenerator random)
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    private readonly ConcurrentDictionary<string, CanaryAgent[]> _readers = new(StringComparer.Ordinal);

    /// <summary>A new one.</summary>
    /// <param name="readers">Who may see it; nobody: whoever shows it is wrong.</param>
    public string New(params CanaryAgent[] readers)
    {
        var bytes = new byte[26];
        random.GetBytes(bytes);
        var marker = "cnry" + string.Concat(bytes.Select(value => Alphabet[value & 31]));
        _readers[marker] = readers;
        return marker;
    }

    /// <summary>The markers in a text that its reader may not see; those that nobody has made are among them.</summary>
    /// <param name="text">What was shown.</param>
    /// <param name="reader">Whom it was shown; null: nobody may see any of them there, as in a log.</param>
    public IReadOnlyList<string> ForeignIn(string text, CanaryAgent? reader)
    {
        List<string>? foreign = null;
        foreach (var match in Markers.EnumerateMatches(text))
        {
            var marker = text.Substring(match.Index, match.Length);
            if (reader is null || !_readers.TryGetValue(marker, out var readers) || !readers.Contains(reader))
                (foreign ??= []).Add(marker);
        }

        return foreign ?? (IReadOnlyList<string>)[];
    }

    /// <summary>Who may see a marker.</summary>
    public string ReadersOf(string marker) =>
        _readers.TryGetValue(marker, out var readers) ? readers.Length == 0 ? "nobody" : string.Join(" and ", readers.Select(reader => reader.Name)) : "unknown";

    [GeneratedRegex("cnry[a-z2-7]{26}", RegexOptions.CultureInvariant)]
    private static partial Regex Markers { get; }
}
