using AgentMesh.CrashKit.Checking;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Tests.Checking;

/// <summary>Histories as rows of text.</summary>
internal static class Rows
{
    /// <summary>Requests, separated by <c>;</c>: <c>start-end content[/key] ok|refused|unknown [name=value …]</c>, in seconds.</summary>
    public static IReadOnlyList<Operation> Operations(string text, string agent = "alice") =>
        [.. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select((row, number) => Operation(row.Split(' '), number, agent))];

    public static IReadOnlyList<Intent> Intents(string text, string agent = "alice") => Intent.Of(Operations(text, agent));

    /// <summary>Messages of users, separated by blanks: <c>seq:content</c>; of the assistant when the content begins with <c>re-</c>.</summary>
    public static Reading Reading(string text, double start = 100, double end = 101) => new("reader", "alice", TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end),
    [
        .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split(':'))
            .Select(parts => new StoredMessage(long.Parse(parts[0]), parts[1].StartsWith("re-", StringComparison.Ordinal) ? "assistant" : "user", parts[1])),
    ]);

    /// <summary>Kinds, in order; empty: nothing is wrong.</summary>
    public static string Kinds(IEnumerable<Violation> violations) => string.Join(' ', violations.Select(violation => violation.Kind));

    private static Operation Operation(string[] words, int number, string agent)
    {
        var times = words[0].Split('-');
        var said = words[1].Split('/');
        var outcome = words[2] switch { "ok" => Outcome.Acknowledged, "refused" => Outcome.Refused("no"), "unknown" => Outcome.Lost, _ => throw new FormatException(words[2]) };
        return new Operation(
            number, "c", agent, "message", said[0], said.Length > 1 ? said[1] : null, TimeSpan.FromSeconds(double.Parse(times[0])), TimeSpan.FromSeconds(double.Parse(times[1])), outcome)
        {
            Answer = words.Skip(3).Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1]),
        };
    }
}
