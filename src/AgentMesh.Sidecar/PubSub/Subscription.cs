using System.Text.Json;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>What an app wants of one topic.</summary>
/// <param name="PubSub">The component's name.</param>
/// <param name="Topic">The topic.</param>
internal sealed record Subscription(string PubSub, string Topic)
{
    /// <summary>Tried in their order; never empty.</summary>
    public IReadOnlyList<RouteRule> Rules { get; init; } = [];

    /// <summary>Where events go that fail or are dropped; null: nowhere.</summary>
    public string? DeadLetterTopic { get; init; }

    /// <summary>As the subscriber gave it.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Null: one event at a time.</summary>
    public BulkSubscribe? Bulk { get; init; }

    /// <summary>From a resource, not from the app.</summary>
    public bool IsDeclarative { get; init; }

    /// <summary>Stored bytes are no envelope.</summary>
    public bool IsRaw => CloudEvent.Find(Metadata, "rawPayload") is { } raw && GoText.TryParseBool(raw, out var value) && value;

    /// <summary>The app's path for an event: the first rule that matches. Null when none does.</summary>
    /// <exception cref="FormatException">A rule cannot be evaluated for this event; daprd takes that for a failed delivery.</exception>
    public string? Route(JsonElement envelope)
    {
        foreach (var rule in Rules)
        {
            if (rule.Match.Length == 0)
                return rule.Path;
            // An expression that could not be read was reported when the subscription was; it never matches.
            if (rule.Expression is not null && (rule.Expression.Matches(envelope) ?? throw new FormatException($"the rule '{rule.Match}' gives no truth value")))
                return rule.Path;
        }

        return null;
    }

    /// <summary>A declarative subscription gives way to a programmatic one of the same topic (dapr: pkg/runtime/compstore).</summary>
    public static IReadOnlyList<Subscription> Merge(IEnumerable<Subscription> declarative, IEnumerable<Subscription> programmatic) =>
        [.. declarative.Concat(programmatic).GroupBy(subscription => (subscription.PubSub, subscription.Topic)).Select(same => same.Last())];
}

/// <summary>Where an event goes when it matches.</summary>
/// <param name="Match">As written; empty: always.</param>
/// <param name="Expression">Null: always, or it could not be read.</param>
/// <param name="Path">The app's path.</param>
internal sealed record RouteRule(string Match, MatchExpression? Expression, string Path)
{
    /// <summary>The rules in their order, then the one that always matches.</summary>
    public static List<RouteRule> List(IEnumerable<(string? Match, string Path)> rules, string? fallback, string where, Action<string> warn) =>
    [
        .. rules.Select(rule => Read(rule.Match, rule.Path, where, warn)),
        .. string.IsNullOrEmpty(fallback) ? (RouteRule[])[] : [new RouteRule("", null, fallback)],
    ];

    /// <summary>Reads a rule; what cannot be served is told to <paramref name="warn"/> and never matches.</summary>
    private static RouteRule Read(string? match, string path, string where, Action<string> warn)
    {
        if (string.IsNullOrWhiteSpace(match))
            return new RouteRule("", null, path);
        try
        {
            return new RouteRule(match, MatchExpression.Parse(match, "event"), path);
        }
        catch (FormatException unread)
        {
            warn($"{where}: the rule '{match}' is not served by the local sidecar and never matches: {unread.Message}");
            return new RouteRule(match, null, path);
        }
    }
}

/// <summary>Events in batches.</summary>
/// <param name="MaxMessagesCount">Events of a batch, 100.</param>
/// <param name="MaxAwaitDuration">How long the first event waits for others, 1 s.</param>
internal sealed record BulkSubscribe(int MaxMessagesCount, TimeSpan MaxAwaitDuration)
{
    private const int DefaultCount = 100;
    private const int MostMessages = 10_000;

    public static BulkSubscribe Create(int? count, int? awaitMs) => new(
        count is > 0 ? Math.Min(count.Value, MostMessages) : DefaultCount, TimeSpan.FromMilliseconds(awaitMs is > 0 ? awaitMs.Value : 1000));
}
