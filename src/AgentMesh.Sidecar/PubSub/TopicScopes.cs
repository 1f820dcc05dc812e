namespace AgentMesh.Sidecar.PubSub;

/// <summary>Which topics of a component an app may publish to and subscribe (dapr: pkg/scopes, pkg/runtime/pubsub).</summary>
/// <param name="Allowed">Empty: all.</param>
/// <param name="Protected">Only with a scope that names them.</param>
/// <param name="Publishing">The app's topics of <c>publishingScopes</c>; empty: not listed there.</param>
/// <param name="Subscribing">The same of <c>subscriptionScopes</c>.</param>
internal sealed record TopicScopes(
    IReadOnlyList<string> Allowed, IReadOnlyList<string> Protected, IReadOnlyList<string> Publishing, IReadOnlyList<string> Subscribing)
{
    /// <summary>Everything is allowed.</summary>
    public static readonly TopicScopes Open = new([], [], [], []);

    /// <summary>Reads the component's metadata as it concerns one app.</summary>
    public static TopicScopes Read(Func<string, string?> metadata, string appId) => new(
        Topics(metadata("allowedTopics")), Topics(metadata("protectedTopics")),
        Scope(metadata("publishingScopes"), appId), Scope(metadata("subscriptionScopes"), appId));

    public bool MayPublish(string topic) => IsAllowed(topic, Publishing);

    public bool MaySubscribe(string topic) => IsAllowed(topic, Subscribing);

    private bool IsAllowed(string topic, IReadOnlyList<string> scope)
    {
        if (Allowed.Count > 0 && !Allowed.Contains(topic, StringComparer.Ordinal))
            return false;
        if (scope.Count == 0 && !Protected.Contains(topic, StringComparer.Ordinal))
            return true;
        return scope.Contains(topic, StringComparer.Ordinal);
    }

    private static List<string> Topics(string? text) => string.IsNullOrEmpty(text) ? [] : [.. text.Split(',', StringSplitOptions.TrimEntries)];

    // "app1=a,b;app2=": an app that is listed has these topics only; "app2=" has none, which is one topic without a name.
    private static List<string> Scope(string? text, string appId) =>
    [
        .. from part in (text ?? "").Split(';', StringSplitOptions.TrimEntries)
           let pair = part.Split('=', StringSplitOptions.TrimEntries)
           where pair.Length >= 2 && pair[0] == appId
           from topic in pair[1].Split(',', StringSplitOptions.TrimEntries)
           select topic,
    ];
}
