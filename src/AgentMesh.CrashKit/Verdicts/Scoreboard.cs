using System.Globalization;
using System.Numerics;
using System.Text;
using AgentMesh.CrashKit.Chaos;

namespace AgentMesh.CrashKit.Verdicts;

/// <summary>What a run came to.</summary>
/// <param name="Seed">Decides what was done and broken.</param>
/// <param name="Replay">The command that does it again.</param>
/// <param name="Verdicts">Of its scenarios.</param>
public sealed record Scoreboard(ulong Seed, string Replay, IReadOnlyList<Verdict> Verdicts)
{
    /// <summary>Violations of a scenario that people are told of one by one; all are counted, and in the JSON.</summary>
    private const int MaxTold = 10;

    /// <summary>Characters of a line of evidence that people are told; the JSON has all of them.</summary>
    private const int MaxLine = 300;

    private const int MicrosOfUsd = 1_000_000;

    private static readonly string[] Heads = ["scenario", "seconds", "acknowledged", "unknown", "refused", .. ChaosNames.All, "lost", "doubled", "over", "leaked", "wrong"];

    /// <summary>Nothing is wrong.</summary>
    public bool IsClean => Verdicts.All(verdict => verdict.IsClean);

    /// <summary>For people: a table, what is wrong with its evidence, and how to do it again.</summary>
    public string Text()
    {
        List<string[]> rows = [Heads, .. Verdicts.Select(RowOf)];
        if (Verdicts.Count > 1)
            rows.Add(Total());
        int[] widths = [.. Enumerable.Range(0, Heads.Length).Select(column => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (var row in rows)
            text.Append(string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column])))).Append('\n');
        foreach (var verdict in Verdicts)
        {
            text.Append('\n').Append(CultureInfo.InvariantCulture, $"{verdict.Scenario}: {verdict.Promise} {verdict.Checked:N0} checked.").Append('\n');
            foreach (var (code, count) in verdict.Traffic.Refused)
                text.Append(CultureInfo.InvariantCulture, $"  refused {count:N0} {code}").Append('\n');
            foreach (var violation in verdict.Violations.Take(MaxTold))
                Append(text, violation);
            if (verdict.Violations.Count > MaxTold)
                text.Append(CultureInfo.InvariantCulture, $"  and {verdict.Violations.Count - MaxTold:N0} more").Append('\n');
        }

        return text.Append('\n').Append(IsClean ? "nothing is wrong" : "SOMETHING IS WRONG").Append('\n').Append(CultureInfo.InvariantCulture, $"replay: {Replay}").ToString();
    }

    /// <summary>An amount of micro-USD as people read it.</summary>
    public static string Usd(BigInteger micros)
    {
        if (micros.IsZero)
            return "$0";
        var whole = BigInteger.DivRem(micros, MicrosOfUsd, out var part);
        return $"${whole}.{part.ToString("000000", CultureInfo.InvariantCulture)}";
    }

    private static void Append(StringBuilder text, Violation violation)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {violation.Kind.ToString().ToUpperInvariant()} {violation.Agent}: {violation.What}").Append('\n');
        foreach (var line in violation.Evidence)
            text.Append("    ").Append(Cut(line)).Append('\n');
    }

    // Of a long text its begin, and what came of it, which is at the end.
    private static string Cut(string line) =>
        line.Length <= MaxLine ? line : string.Create(CultureInfo.InvariantCulture, $"{line.AsSpan(0, MaxLine * 2 / 3)} … {line.Length - MaxLine:N0} characters … {line.AsSpan(line.Length - MaxLine / 3)}");

    private static string[] RowOf(Verdict verdict) =>
    [
        verdict.Scenario, verdict.Seconds.ToString("0", CultureInfo.InvariantCulture),
        .. new[] { verdict.Traffic.Acknowledged, verdict.Traffic.Unknown, verdict.Traffic.Refused.Values.Sum() }.Select(Number),
        .. ChaosNames.All.Select(name => Number(verdict.Accidents.GetValueOrDefault(name))),
        Number(verdict.Count(ViolationKind.Lost)), Number(verdict.Count(ViolationKind.Doubled)), Over(verdict.Count(ViolationKind.Over), verdict.OverMicroUsd),
        Number(verdict.Count(ViolationKind.Leaked)), Number(verdict.Count(ViolationKind.Wrong)),
    ];

    private string[] Total()
    {
        var all = new Verdict(
            "all", "", Verdicts.Sum(verdict => verdict.Seconds),
            new Traffic(
                Verdicts.Sum(verdict => verdict.Traffic.Acknowledged), Verdicts.Sum(verdict => verdict.Traffic.Unknown),
                new Dictionary<string, int> { [""] = Verdicts.Sum(verdict => verdict.Traffic.Refused.Values.Sum()) }),
            ChaosNames.All.ToDictionary(name => name, name => Verdicts.Sum(verdict => verdict.Accidents.GetValueOrDefault(name))),
            Verdicts.Sum(verdict => verdict.Checked), [.. Verdicts.SelectMany(verdict => verdict.Violations)]);
        return RowOf(all);
    }

    // One that names no amount is to be seen too.
    private static string Over(int count, BigInteger micros) => count > 0 && micros.IsZero ? $"{count}x" : Usd(micros);

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
