using System.Globalization;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>A pub/sub component as one process of an app uses it. Defaults are those of pubsub.redis.</summary>
/// <param name="Name">The component's name.</param>
internal sealed record PubSubSettings(string Name)
{
    /// <summary>The component's file; with the name it tells components apart.</summary>
    public string Source { get; init; } = "";

    /// <summary>The consumer group.</summary>
    public required string ConsumerId { get; init; }

    /// <summary>The group is this process's own (<c>{uuid}</c>): every process sees every event.</summary>
    public bool IsPerProcess { get; init; }

    /// <summary>Which topics the app may use.</summary>
    public TopicScopes Scopes { get; init; } = TopicScopes.Open;

    /// <summary>Events taken and not yet under way, 100.</summary>
    public int QueueDepth { get; init; } = 100;

    /// <summary>Deliveries at a time, over all topics, 10.</summary>
    public int Concurrency { get; init; } = 10;

    /// <summary>An event taken and not completed for this long is taken again, 60 s; zero: never.</summary>
    public TimeSpan ProcessingTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Between two looks for such events, 15 s; zero: never.</summary>
    public TimeSpan RedeliverInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>About how many events a topic keeps; null: no limit.</summary>
    public long? MaxLenApprox { get; init; }

    /// <summary>How long a topic keeps events; null: no limit.</summary>
    public TimeSpan? StreamTtl { get; init; }

    /// <summary>Null: the embedded store.</summary>
    public RedisStoreOptions? Redis { get; init; }

    /// <summary>Reads a component for one process of an app.</summary>
    /// <param name="component">Of type <c>pubsub.redis</c>.</param>
    /// <param name="appId">The app.</param>
    /// <param name="namespaceName">For <c>{namespace}</c>.</param>
    /// <param name="podName">For <c>{podName}</c>; null: not set.</param>
    /// <param name="redis"><c>HOST:PORT</c> to use in place of the component's; null: the embedded store.</param>
    /// <param name="newId">For <c>{uuid}</c>.</param>
    /// <exception cref="FormatException">A value is wrong; the message names it.</exception>
    public static PubSubSettings Read(Component component, string appId, string namespaceName, string? podName, string? redis, Func<Guid> newId)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in component.ValuesFor(appId, namespaceName, newId))
        {
            if (value.Text is { } text)
                values[value.Name] = WithPodName(value.Name, text, podName);
        }

        var settings = new PubSubSettings(component.Name)
        {
            Source = component.File,
            ConsumerId = Text("consumerID") ?? appId,
            IsPerProcess = component.Value("consumerID")?.Contains("{uuid}", StringComparison.Ordinal) ?? false,
            Scopes = TopicScopes.Read(Text, appId),
            QueueDepth = (int)(Number("queueDepth", 1, 100_000) ?? 100),
            Concurrency = (int)(Number("concurrency", 1, 10_000) ?? 10),
            ProcessingTimeout = Duration("processingTimeout") ?? TimeSpan.FromSeconds(60),
            RedeliverInterval = Duration("redeliverInterval") ?? TimeSpan.FromSeconds(15),
            MaxLenApprox = Number("maxLenApprox", 0, long.MaxValue) is > 0 and var length ? length : null,
            StreamTtl = Duration("streamTTL") is { Ticks: > 0 } ttl ? ttl : null,
            Redis = redis is null ? null : RedisAt(redis),
        };
        return settings is { MaxLenApprox: not null, StreamTtl: not null }
            ? throw new FormatException("maxLenApprox and streamTTL exclude each other.")
            : settings;

        string? Text(string name) => values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

        long? Number(string name, long least, long most) => Text(name) is not { } text ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : throw new FormatException($"{name} is '{text}', and not a number from {least} to {most}.");

        // contrib: a bare number is milliseconds.
        TimeSpan? Duration(string name) => Text(name) is not { } text ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= int.MaxValue ? TimeSpan.FromMilliseconds(milliseconds)
            : GoDuration.TryParse(text, out var duration) && duration >= TimeSpan.Zero ? duration
            : throw new FormatException($"{name} is '{text}', and not a duration such as 15s.");

        RedisStoreOptions RedisAt(string address)
        {
            var connection = new Dictionary<string, string>(values, StringComparer.OrdinalIgnoreCase) { ["redisHost"] = address };
            connection.Remove("redisPort");
            return RedisStoreOptions.FromMetadata(connection);
        }
    }

    private static string WithPodName(string name, string text, string? podName) =>
        !text.Contains("{podName}", StringComparison.Ordinal) ? text
        : podName is { Length: > 0 } ? text.Replace("{podName}", podName, StringComparison.Ordinal)
        : throw new FormatException($"{name} asks for {{podName}}, and the environment variable POD_NAME is not set.");
}
