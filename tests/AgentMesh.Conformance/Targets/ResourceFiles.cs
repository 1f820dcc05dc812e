namespace AgentMesh.Conformance.Targets;

/// <summary>The resources of every mesh, as files that daprd and the local sidecar read alike.</summary>
/// <param name="folder">The mesh's own.</param>
/// <param name="redis"><c>HOST:PORT</c>.</param>
/// <param name="foreignUrl">A host that is no app to whoever uses the endpoint.</param>
internal sealed class ResourceFiles(string folder, string redis, string foreignUrl)
{
    /// <summary>One topic for each behavior, so that they do not meet.</summary>
    public const string HostSubscriptions = """
        [
          { "pubsubName": "pubsub", "topic": "plain", "route": "plain" },
          { "pubsubname": "pubsub", "topic": "sdk", "route": "/sdk" },
          { "pubsubname": "pubsub", "topic": "overridden", "route": "/overridden" },
          { "pubsubname": "pubsub", "topic": "content", "route": "/content" },
          { "pubsubname": "pubsub", "topic": "ready-made", "route": "/ready-made" },
          { "pubsubname": "pubsub", "topic": "many", "route": "/many" },
          { "pubsubname": "pubsub", "topic": "stored-raw", "route": "/stored-raw" },
          { "pubsubname": "pubsub", "topic": "read-raw", "route": "/read-raw", "metadata": { "rawPayload": "true" } },
          { "pubsubname": "pubsub", "topic": "short-lived", "route": "/short-lived", "deadLetterTopic": "short-lived-dead" },
          { "pubsubname": "pubsub", "topic": "short-lived-dead", "route": "/short-lived-dead" },
          { "pubsubname": "pubsub", "topic": "ruled", "routes": { "rules": [
              { "match": "event.type == \"urgent\"", "path": "/ruled/urgent" },
              { "match": "has(event.data.amount) && event.data.amount > 100", "path": "/ruled/large" } ], "default": "/ruled/other" } },
          { "pubsubname": "pubsub", "topic": "no-default", "routes": { "rules": [ { "match": "event.type == \"wanted\"", "path": "/no-default" } ] }, "deadLetterTopic": "no-default-dead" },
          { "pubsubname": "pubsub", "topic": "no-default-dead", "route": "/no-default-dead" },
          { "pubsubname": "pubsub", "topic": "failing", "route": "/failing", "deadLetterTopic": "failing-dead" },
          { "pubsubname": "pubsub", "topic": "failing-dead", "route": "/failing-dead" },
          { "pubsubname": "pubsub", "topic": "lost", "route": "/lost" },
          { "pubsubname": "retrying", "topic": "retried", "route": "/retried", "deadLetterTopic": "retried-dead" },
          { "pubsubname": "retrying", "topic": "retried-dead", "route": "/retried-dead" },
          { "pubsubname": "pubsub", "topic": "batched", "route": "/batched", "bulkSubscribe": { "enabled": true, "maxMessagesCount": 3, "maxAwaitDurationMs": 500 } },
          { "pubsubname": "pubsub", "topic": "both", "route": "/both/programmatic" },
          { "pubsubname": "scoped", "topic": "open", "route": "/scoped/open" },
          { "pubsubname": "scoped", "topic": "guarded", "route": "/scoped/guarded" },
          { "pubsubname": "pubsub", "topic": "everyone", "route": "/everyone" },
          { "pubsubname": "everywhere", "topic": "every-process", "route": "/every-process" },
          { "pubsubname": "pubsub", "topic": "one-process", "route": "/one-process" },
          { "pubsubname": "pubsub", "topic": "without-route" }
        ]
        """;

    public const string PeerSubscriptions = """
        [
          { "pubsubname": "pubsub", "topic": "everyone", "route": "/everyone" },
          { "pubsubname": "scoped", "topic": "open", "route": "/scoped/open" }
        ]
        """;

    /// <summary>Writes the resources; returns their folder.</summary>
    public string WriteResources()
    {
        var resources = Directory.CreateDirectory(Path.Combine(folder, "resources")).FullName;
        var secrets = Path.Combine(folder, "secrets.json");
        File.WriteAllText(secrets, """{ "plain": "of-the-file", "nested": { "inner": "deep" }, "denied": "nobody's" }""");
        File.WriteAllText(Path.Combine(resources, "components.yaml"), string.Join("\n---\n",
            Component("statestore", "state.redis", ("redisHost", redis), ("actorStateStore", "true")),
            Component("shared", "state.redis", ("redisHost", redis), ("keyPrefix", "name")),
            Component("pubsub", "pubsub.redis", ("redisHost", redis)),
            Component("retrying", "pubsub.redis", ("redisHost", redis)),
            Component("everywhere", "pubsub.redis", ("redisHost", redis), ("consumerID", "{uuid}")),
            Component("scoped", "pubsub.redis", ("redisHost", redis), ("allowedTopics", "open,guarded,nobodys"), ("protectedTopics", "guarded"),
                ("publishingScopes", "app=open"), ("subscriptionScopes", "app=open,guarded;peer=")),
            Component("files", "secretstores.local.file", ("secretsFile", secrets), ("nestedSeparator", ":")),
            Component("environment", "secretstores.local.env", ("prefix", "CONFORMANCE_")),
            Component("peers-alone", "secretstores.local.env") + "scopes: [ peer ]\n"));
        File.WriteAllText(Path.Combine(resources, "others.yaml"), Others());
        return resources;
    }

    /// <summary>Writes the Configuration resource; returns its path.</summary>
    public string WriteConfiguration(bool actorStateTtl)
    {
        var file = Path.Combine(folder, "config.yaml");
        File.WriteAllText(file, $"""
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata:
              name: conformance
            spec:
              features:
                - name: ActorStateTTL
                  enabled: {(actorStateTtl ? "true" : "false")}
              secrets:
                scopes:
                  - storeName: files
                    defaultAccess: allow
                    deniedSecrets: [ denied ]
            """);
        return file;
    }

    private static string Component(string name, string type, params (string Name, string Value)[] metadata) => $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: {name}
        spec:
          type: {type}
          version: v1
          metadata:
        {string.Join('\n', metadata.Select(item => $"    - name: {item.Name}\n      value: \"{item.Value}\""))}

        """.Replace("  metadata:\n\n", "  metadata: []\n", StringComparison.Ordinal);

    private string Others() => $"""
        apiVersion: dapr.io/v1alpha1
        kind: HTTPEndpoint
        metadata:
          name: foreign
        spec:
          baseUrl: {foreignUrl}/base
          headers:
            - name: X-Plain
              value: given
            - name: X-Key
              secretKeyRef:
                name: plain
                key: plain
        auth:
          secretStore: files
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Subscription
        metadata:
          name: v1
        spec:
          pubsubname: pubsub
          topic: declared-v1
          route: /declared-v1
        scopes: [ app ]
        ---
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata:
          name: v2
        spec:
          pubsubname: pubsub
          topic: declared-v2
          routes:
            rules:
              - match: event.type == "special"
                path: /declared-v2/special
            default: /declared-v2/usual
        ---
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata:
          name: both
        spec:
          pubsubname: pubsub
          topic: both
          routes:
            default: /both/declarative
        scopes: [ app ]
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata:
          name: conformance
        spec:
          policies:
            retries:
              quickly:
                policy: constant
                duration: 20ms
                maxRetries: 2
          targets:
            components:
              retrying:
                inbound:
                  retry: quickly
        """;
}
