namespace AgentMesh.Sidecar.StateApi;

/// <summary>Where a component's keys begin (dapr:pkg/components/state/state_config.go).</summary>
internal static class KeyPrefix
{
    /// <summary>Between prefix and key, and therefore in neither of them.</summary>
    public const string Separator = "||";

    /// <summary>The complete prefix of one app's keys in one component; empty for <c>none</c>.</summary>
    /// <param name="strategy">The component's <c>keyPrefix</c>; null: <c>appid</c>. What is no strategy is a prefix shared by all apps.</param>
    /// <param name="componentName">For <c>name</c>.</param>
    /// <param name="namespaceName">For <c>namespace</c>.</param>
    /// <param name="appId">For <c>appid</c> and <c>namespace</c>.</param>
    /// <exception cref="FormatException">The prefix holds the separator.</exception>
    public static string Of(string? strategy, string componentName, string namespaceName, string appId) => strategy?.ToLowerInvariant() switch
    {
        null or "" or "appid" => appId + Separator,
        "name" => componentName + Separator,
        "namespace" => $"{namespaceName}.{appId}{Separator}",
        "none" => "",
        _ when strategy.Contains(Separator, StringComparison.Ordinal) => throw new FormatException($"input key/keyPrefix '{strategy}' can't contain '{Separator}'"),
        _ => strategy + Separator,
    };
}
