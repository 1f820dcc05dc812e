using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace AgentMesh.Tidy.Helm;

/// <summary>Every value is known to the schema, which takes no other, and has its row in the chart's README.</summary>
public sealed partial class ChartValuesTests
{
    // Values whose members are Kubernetes' or the user's, not the chart's.
    private static readonly string[] Whole = ["resources", "annotations", "labels", "ingressPeers", "prometheusPeers", "dnsPeers"];

    private static readonly YamlMappingNode Values = Yaml.Load(Rendered.Chart + "values.yaml")[0];

    private static readonly JsonElement Schema = JsonDocument.Parse(Repository.Read(Rendered.Chart + "values.schema.json")).RootElement;

    [Fact]
    public void Schema_TakesNothingThatItDoesNotName() => Assert.All(
        Objects(Schema, "#").Where(one => one.Path != "#/properties/global"),
        one => Assert.True(one.Schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind is JsonValueKind.False or JsonValueKind.Object, one.Path));

    [Fact]
    public void Schema_KnowsEveryValue() => Assert.All(Leaves(Values, []), leaf => Assert.True(Knows(Schema, leaf.Path), string.Join('.', leaf.Path)));

    [Fact]
    public void Readme_HasARowForEveryValue_WithItsDefault()
    {
        var rows = Row().Matches(Repository.Read(Rendered.Chart + "README.md")).Select(match => (Name: match.Groups[1].Value, Default: match.Groups[2].Value.Trim().Trim('`')));
        Assert.Equal(Leaves(Values, []).Select(leaf => (Name: string.Join('.', leaf.Path), Default(leaf.Value))), rows);
    }

    /// <summary>Names of daprd's metrics, of pkg/diagnostics of Dapr 1.18.3: a panel of another name stays empty without a word.</summary>
    [Fact]
    public void Dashboard_AsksForMetricsThatSidecarsHave()
    {
        string[] known =
        [
            "dapr_http_server_request_count", "dapr_http_server_latency_bucket", "dapr_component_state_count", "dapr_component_state_latencies_bucket",
            "dapr_component_secret_count", "dapr_component_pubsub_ingress_count", "dapr_component_pubsub_egress_count", "dapr_component_pubsub_egress_bulk_event_count",
            "dapr_runtime_actor_pending_actor_calls", "dapr_runtime_actor_rebalanced_total", "dapr_runtime_actor_deactivated_total", "dapr_runtime_actor_reminders_fired_total",
        ];
        using var dashboard = JsonDocument.Parse(Repository.Read(Rendered.Chart + "dashboards/agentmesh.json"));
        var asked = dashboard.RootElement.GetProperty("panels").EnumerateArray().SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .SelectMany(target => Metric().Matches(target.GetProperty("expr").GetString()!)).Select(match => match.Value);
        Assert.Equal(known.Order(), asked.Distinct().Order());
    }

    private static string Default(YamlNode value) => value switch
    {
        YamlScalarNode scalar => scalar.Value ?? "",
        YamlSequenceNode { Children.Count: 0 } => "[]",
        YamlMappingNode { Children.Count: 0 } => "{}",
        _ => "values.yaml",
    };

    private static IEnumerable<(string[] Path, YamlNode Value)> Leaves(YamlNode node, string[] path) =>
        node is YamlMappingNode { Children.Count: > 0 } mapping && (path.Length == 0 || !Whole.Contains(path[^1]))
            ? mapping.SelectMany(member => Leaves(member.Value, [.. path, member.Key.ToString()]))
            : [(path, node)];

    private static bool Knows(JsonElement schema, string[] path)
    {
        schema = Resolve(schema);
        return path.Length == 0
            || (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(path[0], out var next) && Knows(next, path[1..]))
            || (schema.TryGetProperty("additionalProperties", out var any) && any.ValueKind == JsonValueKind.Object);
    }

    private static JsonElement Resolve(JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference) ? Schema.GetProperty("definitions").GetProperty(reference.GetString()!["#/definitions/".Length..]) : schema;

    // Schemas of objects, wherever they stand; the schemas of Kubernetes' affinities are its own.
    private static IEnumerable<(string Path, JsonElement Schema)> Objects(JsonElement element, string path)
    {
        if (path.EndsWith("Affinity", StringComparison.Ordinal))
            return [];
        var own = element.ValueKind == JsonValueKind.Object && element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "object"
            ? [(path, element)] : Array.Empty<(string, JsonElement)>();
        return own.Concat(element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Objects(member.Value, $"{path}/{member.Name}")),
            JsonValueKind.Array => element.EnumerateArray().SelectMany((item, n) => Objects(item, $"{path}/{n}")),
            _ => [],
        });
    }

    [GeneratedRegex("dapr_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"^\| `([a-zA-Z.]+)` \|([^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
