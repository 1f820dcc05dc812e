using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentMesh.Sidecar.Tests.Metrics;

/// <summary>Prometheus' text, read strictly: a family is described once, before its samples.</summary>
internal sealed partial class Scrape
{
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);

    public Scrape(string text)
    {
        var families = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
                Assert.True(families.Add(line.Split(' ')[2]), $"described twice: {line}");
            if (line[0] == '#')
                continue;
            var sample = Sample().Match(line);
            Assert.True(sample.Success, line);
            var labels = Label().Matches(sample.Groups["labels"].Value).Select(label => label.Value).Order(StringComparer.Ordinal);
            Assert.True(_samples.TryAdd($"{sample.Groups["name"].Value}{{{string.Join(',', labels)}}}", double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture)), $"twice: {line}");
        }
    }

    /// <summary>Every series: name and labels, the labels in the order of their names.</summary>
    public IReadOnlyCollection<string> Series => _samples.Keys;

    /// <summary>The value of a series, its labels in any order; null: it is not there.</summary>
    public double? this[string name, params string[] labels] =>
        _samples.TryGetValue($"{name}{{{string.Join(',', labels.Select(label => Quote(label)).Order(StringComparer.Ordinal))}}}", out var value) ? value : null;

    private static string Quote(string label) => $"{label.Split('=', 2)[0]}=\"{label.Split('=', 2)[1]}\"";

    [GeneratedRegex("""^(?<name>[a-z_:][a-z0-9_:]*)(\{(?<labels>.*)\})? (?<value>\S+)$""")]
    private static partial Regex Sample();

    [GeneratedRegex("""[a-z_]+="(\\.|[^"\\])*(?<!\\)" ?""")]
    private static partial Regex Label();
}
