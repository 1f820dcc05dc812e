using System.Text.RegularExpressions;

namespace AgentMesh.EndToEnd.Docs;

/// <summary>
/// Compares what a command has printed with what the page says. Addresses, hashes, ids, times and numbers of twelve digits and more are any; <c>…</c> is any text,
/// and as the last line it is whatever comes yet. Of an answer with its headers (<c>curl -i</c>) the page may leave lines out.
/// </summary>
internal sealed partial class Answer
{
    private const string Ellipsis = "…";

    private readonly Regex _expected;

    public Answer(Command command)
    {
        var expected = Normalized(command.Answer!);
        GoesOn = expected.EndsWith("\n" + Ellipsis, StringComparison.Ordinal) || expected == Ellipsis;
        if (GoesOn)
            expected = expected[..^Math.Min(expected.Length, 2)];
        var lines = expected.Split('\n').Select(line => Regex.Escape(line).Replace(Ellipsis, "[^\n]*?", StringComparison.Ordinal) is var pattern && line == Ellipsis ? "[\\s\\S]*?" : pattern);
        var between = WithHeaders().IsMatch(command.Text) ? "\n(?:[\\s\\S]*\n)?" : "\n";
        _expected = new Regex($"^{string.Join(between, lines)}{(GoesOn ? "" : "$")}", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
    }

    /// <summary>The command is one that ends when its reader has seen enough.</summary>
    public bool GoesOn { get; }

    public bool IsOf(string printed) => _expected.IsMatch(Normalized(printed));

    private static string Normalized(string text)
    {
        text = text.Replace("\r", "", StringComparison.Ordinal).Trim('\n');
        text = Hexadecimal().Replace(text, "0x#");
        text = Time().Replace(text, "#time");
        return Number().Replace(Id().Replace(text, "#id"), "#number");
    }

    [GeneratedRegex("0x[0-9a-fA-F]{6,}")]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")]
    private static partial Regex Time();

    // One in two hundred of those of 26 letters and digits (base32) has no digit.
    [GeneratedRegex(@"\b(?:(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{20,}|[a-z]{26})\b")]
    private static partial Regex Id();

    [GeneratedRegex(@"\b\d{12,}\b")]
    private static partial Regex Number();

    [GeneratedRegex(@"\bcurl (\S+ )*-\w*i\b")]
    private static partial Regex WithHeaders();
}
