namespace AgentMesh.Sidecar.Launcher;

/// <summary>What <c>dapr init</c> puts into <c>~/.dapr/components</c>, for an app of the command line on a machine where nobody ran it.</summary>
internal static class DefaultComponents
{
    private const string StateStore = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: statestore
        spec:
          type: state.redis
          version: v1
          metadata:
          - name: redisHost
            value: localhost:6379
          - name: actorStateStore
            value: "true"

        """;

    private const string PubSub = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: pubsub
        spec:
          type: pubsub.redis
          version: v1
          metadata:
          - name: redisHost
            value: localhost:6379

        """;

    /// <summary>Writes them anew, so that a folder of an older version has this one's. Returns the folder.</summary>
    /// <param name="data">The data folder, held by this run.</param>
    public static string Write(string data)
    {
        var folder = Directory.CreateDirectory(Path.Combine(data, "components")).FullName;
        File.WriteAllText(Path.Combine(folder, "statestore.yaml"), StateStore);
        File.WriteAllText(Path.Combine(folder, "pubsub.yaml"), PubSub);
        return folder;
    }
}
