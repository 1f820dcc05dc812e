using AgentMesh.Testing.ModelServer;

namespace AgentMesh.EndToEnd;

/// <summary>Options that several tests start the mesh with.</summary>
internal static class MeshOptions
{
    /// <summary>A model answers, and a dead run is noticed within three seconds.</summary>
    public static string[] Model(ModelServerProcess server, string model) => Model(server.OpenAIEndpoint, model);

    /// <inheritdoc cref="Model(ModelServerProcess, string)"/>
    public static string[] Model(Uri endpoint, string model) =>
    [
        .. Set("AgentMesh__Responder__Provider=openai"),
        .. Set($"AgentMesh__Responder__Endpoint={endpoint}"),
        .. Set($"AgentMesh__Responder__Model={model}"),
        .. Set("AgentMesh__Responder__ApiKeySecret=none"),
        .. Set("AgentMesh__Turns__LeaseSeconds=2"),
        .. Set("AgentMesh__Turns__WorkIntervalSeconds=1"),
        .. Set("AgentMesh__Turns__MaxAttempts=1000"),
    ];

    /// <summary>A setting, <c>NAME=VALUE</c>.</summary>
    public static string[] Set(string setting) => ["--set", setting];
}
