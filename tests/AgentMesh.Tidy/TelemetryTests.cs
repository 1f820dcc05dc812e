using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentMesh.Tidy;

/// <summary>That <c>docs/telemetry.md</c> and the dashboards know the metrics that the code has.</summary>
public sealed partial class TelemetryTests
{
    /// <summary>Of the framework and of libraries, as Prometheus names them.</summary>
    private static readonly string[] Others = ["http_server_request_duration_seconds_bucket", "http_server_request_duration_seconds_count", "gen_ai_client_token_usage_sum"];

    private static readonly (string Name, string Kind, string Unit)[] InCode =
    [
        .. Repository.Files("src", "*.cs").SelectMany(file => Instrument().Matches(Repository.Read(file)))
            .Select(match => (match.Groups[2].Value, match.Groups[1].Value switch { "Counter" => "counter", "Histogram" => "histogram", _ => "gauge" }, match.Groups[3].Value))
            .Distinct().Order(),
    ];

    [Fact]
    public void Document_HasARowForEveryMetric() => Assert.Equal(
        InCode, Row().Matches(Repository.Read("docs/telemetry.md")).Select(match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value)).Order());

    /// <summary>A panel of another name stays empty without a word, and what no panel shows nobody looks at.</summary>
    [Fact]
    public void Dashboard_AsksForEachMetricThatAppsHave_AndForNoOther()
    {
        using var dashboard = JsonDocument.Parse(Repository.Read("helm/agentmesh/dashboards/agentmesh-apps.json"));
        var asked = dashboard.RootElement.GetProperty("panels").EnumerateArray().SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .SelectMany(target => Asked().Matches(target.GetProperty("expr").GetString()!)).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.Empty(asked.Except(InCode.SelectMany(NamesOf)).Except(Others));
        Assert.DoesNotContain(InCode, metric => !NamesOf(metric).Any(asked.Contains));
    }

    /// <summary>What the exporter makes of a name: dots are not allowed, the unit is a word of it unless it stands in braces, and a kind has its endings.</summary>
    private static IEnumerable<string> NamesOf((string Name, string Kind, string Unit) metric)
    {
        var name = metric.Name.Replace('.', '_') + (metric.Unit == "s" ? "_seconds" : "");
        return metric.Kind switch
        {
            "counter" => [name + "_total"],
            "histogram" => [name + "_bucket", name + "_sum", name + "_count"],
            _ => [name],
        };
    }

    [GeneratedRegex(@"\.Create(Counter|Histogram|UpDownCounter)(?:<\w+>)?\(\s*""(agentmesh\.[a-z._]+)"", ""([^""]+)""")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"^\| `(agentmesh\.[a-z._]+)` \| (counter|histogram|gauge) \| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"([a-z][a-z_]+)\{")]
    private static partial Regex Asked();
}
