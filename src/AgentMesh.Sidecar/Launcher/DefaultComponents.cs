namespace AgentMesh.Sidecar.Launcher;

/// <summary>What <c>dapr init</c> puts into <c>~/.dapr/components</c>, for an app of the command line on a machine where nobody ran it.</summary>
internal static class DefaultComponents
{
    /// <summary>Writes them anew, so that a folder of an older version has this one's. Returns the folder.</summary>
    /// <param name="data">The data folder, held by this run.</param>
    public static string Write(string data)
    {
        var folder = Directory.CreateDirectory(Path.Combine(data, "components")).FullName;
        File.WriteAllText(Path.Combine(folder, "statestore.yaml"), Redis("statestore", "state.redis", "  - name: actorStateStore\n    value: \"true\"\n"));
        File.WriteAllText(Path.Combine(folder, "pubsub.yaml"), Redis("pubsub", "pubsub.redis", ""));
        return folder;
    }

    private static string Redis(string name, string type, string more) => $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: {name}
        spec:
          type: {type}
          version: v1
          metadata:
          - name: redisHost
            value: localhost:6379
        {more}
        """;
}
