using System.Text.Json;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// The app's answer to <c>GET /dapr/subscribe</c>. Names are compared without case, as daprd's decoder does: the SDK writes
/// <c>pubsubName</c>.
/// </summary>
internal static class SubscribeDocument
{
    /// <summary>The subscriptions; null when it is no such document. What is dropped is told to <paramref name="warn"/>.</summary>
    public static IReadOnlyList<Subscription>? Parse(byte[] document, Action<string> warn)
    {
        if (JsonText.TryParse(document) is not { ValueKind: JsonValueKind.Array } list)
            return null;
        var subscriptions = new List<Subscription>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
                return null;
            if (Read(item, warn) is { } subscription)
                subscriptions.Add(subscription);
        }

        return subscriptions;
    }

    private static Subscription? Read(JsonElement item, Action<string> warn)
    {
        var (pubSub, topic) = (Text(item, "pubsubname"), Text(item, "topic"));
        var where = $"the subscription of {pubSub}/{topic}";
        var rules = Rules(item, where, warn);
        if (rules.Count == 0 || pubSub.Length == 0 || topic.Length == 0)
        {
            warn($"{where} has no route, topic or pubsubname and is dropped");
            return null;
        }

        return new Subscription(pubSub, topic)
        {
            Rules = rules,
            DeadLetterTopic = Text(item, "deadLetterTopic") is { Length: > 0 } deadLetter ? deadLetter : null,
            Metadata = Metadata(item),
            Bulk = Bulk(item),
        };
    }

    private static List<RouteRule> Rules(JsonElement item, string where, Action<string> warn)
    {
        var rules = new List<RouteRule>();
        if (JsonText.Member(item, "routes") is { ValueKind: JsonValueKind.Object } routes)
        {
            if (JsonText.Member(routes, "rules") is { ValueKind: JsonValueKind.Array } list)
            {
                foreach (var rule in list.EnumerateArray().Where(rule => rule.ValueKind == JsonValueKind.Object))
                    rules.Add(RouteRule.Read(Text(rule, "match"), Text(rule, "path"), where, warn));
            }

            if (Text(routes, "default") is { Length: > 0 } fallback)
                rules.Add(new RouteRule("", null, fallback));
        }

        if (rules.Count == 0 && Text(item, "route") is { Length: > 0 } route)
            rules.Add(new RouteRule("", null, route));
        return rules;
    }

    private static Dictionary<string, string> Metadata(JsonElement item)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (JsonText.Member(item, "metadata") is { ValueKind: JsonValueKind.Object } values)
        {
            foreach (var value in values.EnumerateObject())
                metadata[value.Name] = value.Value.ValueKind == JsonValueKind.String ? value.Value.GetString()! : value.Value.GetRawText();
        }

        return metadata;
    }

    private static BulkSubscribe? Bulk(JsonElement item) =>
        JsonText.Member(item, "bulkSubscribe") is { ValueKind: JsonValueKind.Object } bulk && JsonText.Member(bulk, "enabled") is { ValueKind: JsonValueKind.True }
            ? BulkSubscribe.Create(Integer(bulk, "maxMessagesCount"), Integer(bulk, "maxAwaitDurationMs"))
            : null;

    private static string Text(JsonElement element, string name) =>
        JsonText.Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    private static int? Integer(JsonElement element, string name) =>
        JsonText.Member(element, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;
}
