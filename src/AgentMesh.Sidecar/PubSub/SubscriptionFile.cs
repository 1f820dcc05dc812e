using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>A Subscription resource.</summary>
internal sealed record DeclaredSubscription(string Name, Subscription Subscription) : Resource(Name);

/// <summary>Reads Subscription resources v1alpha1 and v2alpha1 (dapr: pkg/apis/subscriptions).</summary>
internal static class SubscriptionFile
{
    public static DeclaredSubscription Read(YamlSection document, ICollection<string> warnings)
    {
        var version = document.Text("apiVersion");
        var spec = document.Section("spec") ?? throw document.Error("spec", "is missing");
        var rules = version switch
        {
            "dapr.io/v1alpha1" => RouteRule.List([], spec.Text("route"), "", warnings.Add),
            "dapr.io/v2alpha1" => RouteRule.List(
                spec.Section("routes")?.Sections("rules").Select(rule => (rule.Text("match"), rule.Text("path") ?? throw rule.Error("path", "is missing"))) ?? [],
                spec.Section("routes")?.Text("default"), document.Position, warnings.Add),
            _ => throw document.Error("apiVersion", $"must be dapr.io/v1alpha1 or dapr.io/v2alpha1, not '{version}'"),
        };
        if (rules.Count == 0)
            throw spec.Error(version == "dapr.io/v1alpha1" ? "route" : "routes", "is missing");
        var bulk = spec.Section("bulkSubscribe");
        var subscription = new Subscription(
            spec.Text("pubsubname") ?? throw spec.Error("pubsubname", "is missing"), spec.Text("topic") ?? throw spec.Error("topic", "is missing"))
        {
            Rules = rules,
            DeadLetterTopic = spec.Text("deadLetterTopic"),
            Metadata = spec.Map("metadata").ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal),
            Bulk = bulk?.Flag("enabled") == true ? BulkSubscribe.Create(bulk.Integer("maxMessagesCount"), bulk.Integer("maxAwaitDurationMs")) : null,
            IsDeclarative = true,
        };
        return new DeclaredSubscription(document.Section("metadata")?.Text("name") ?? "", subscription) { Scopes = document.Texts("scopes") ?? [] };
    }
}
