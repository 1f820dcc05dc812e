using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>A Subscription resource and the apps it is for (empty: all).</summary>
internal sealed record DeclaredSubscription(Subscription Subscription, IReadOnlyList<string> Scopes);

/// <summary>Reads Subscription resources v1alpha1 and v2alpha1 (dapr: pkg/apis/subscriptions). A broken one is skipped with a warning.</summary>
internal static class SubscriptionFile
{
    /// <summary>All of the folders.</summary>
    public static IReadOnlyList<DeclaredSubscription> ReadFolders(IEnumerable<string> folders, ICollection<string> warnings)
    {
        var subscriptions = new List<DeclaredSubscription>();
        foreach (var document in YamlDocuments.OfKind(folders, "Subscription"))
        {
            try
            {
                subscriptions.Add(Read(document, warnings));
            }
            catch (LauncherException broken)
            {
                warnings.Add($"{broken.Message}; this document is skipped");
            }
        }

        return subscriptions;
    }

    private static DeclaredSubscription Read(YamlSection document, ICollection<string> warnings)
    {
        var version = document.Text("apiVersion");
        var spec = document.Section("spec") ?? throw document.Error("spec", "is missing");
        var rules = version switch
        {
            "dapr.io/v1alpha1" => spec.Text("route") is { } route ? [new RouteRule("", null, route)] : [],
            "dapr.io/v2alpha1" => Rules(document, spec.Section("routes"), warnings),
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
        return new DeclaredSubscription(subscription, document.Texts("scopes") ?? []);
    }

    private static List<RouteRule> Rules(YamlSection document, YamlSection? routes, ICollection<string> warnings)
    {
        var rules = new List<RouteRule>();
        foreach (var rule in routes?.Sections("rules") ?? [])
            rules.Add(RouteRule.Read(rule.Text("match"), rule.Text("path") ?? throw rule.Error("path", "is missing"), document.Position, warnings.Add));
        if (routes?.Text("default") is { } fallback)
            rules.Add(new RouteRule("", null, fallback));
        return rules;
    }
}
