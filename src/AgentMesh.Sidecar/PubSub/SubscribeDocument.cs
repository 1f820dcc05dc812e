using System.Text.Json;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// The app's answer to <c>GET /dapr/subscribe</c> (dapr: pkg/runtime/pubsub/subscriptions.go). Names are compared without case, as
/// daprd's decoder does: the SDK writes <c>pubsubName</c>.
/// </summary>
internal static class SubscribeDocument
{
    /// <summary>The subscriptions; null when it is no such document. What is dropped is told to <paramref name="warn"/>.</summary>
    public static IReadOnlyList<Subscription>? Parse(byte[] document, Action<string> warn)
    {
        try
        {
            var items = JsonSerializer.Deserialize<List<Item>>(document, JsonText.Options);
            return items?.Select(item => Read(item, warn)).OfType<Subscription>().ToList();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Subscription? Read(Item item, Action<string> warn)
    {
        var where = $"the subscription of {item.PubSubName}/{item.Topic}";
        var fallback = item.Routes?.Default is { Length: > 0 } usual ? usual : item.Route;
        var rules = RouteRule.List(item.Routes?.Rules?.Select(rule => (rule.Match, rule.Path ?? "")) ?? [], fallback, where, warn);
        if (rules.Count == 0 || item is not { PubSubName.Length: > 0, Topic.Length: > 0 })
        {
            warn($"{where} has no route, topic or pubsubname and is dropped");
            return null;
        }

        return new Subscription(item.PubSubName, item.Topic)
        {
            Rules = rules,
            DeadLetterTopic = item.DeadLetterTopic is { Length: > 0 } topic ? topic : null,
            Metadata = item.Metadata ?? [],
            Bulk = item.BulkSubscribe is { Enabled: true } bulk ? BulkSubscribe.Create(bulk.MaxMessagesCount, bulk.MaxAwaitDurationMs) : null,
        };
    }

    private readonly record struct Item(
        string? PubSubName, string? Topic, string? Route, Routes? Routes, Dictionary<string, string>? Metadata, string? DeadLetterTopic, Bulk? BulkSubscribe);

    private sealed record Routes(List<Rule>? Rules, string? Default);

    private readonly record struct Rule(string? Match, string? Path);

    private readonly record struct Bulk(bool Enabled, int? MaxMessagesCount, int? MaxAwaitDurationMs);
}
