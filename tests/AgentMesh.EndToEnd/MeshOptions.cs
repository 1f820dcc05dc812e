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

    /// <summary>The model costs something. Its replies have at most 64 tokens, and it has no tools.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">USD for a million tokens that are read, which is micro-USD for one.</param>
    /// <param name="output">The same, for tokens that are written.</param>
    public static string[] Price(string model, long input = 10, long output = 10) =>
    [
        .. Set($"AgentMesh__Responder__Prices__0__Model={model}"),
        .. Set($"AgentMesh__Responder__Prices__0__Input={input}"),
        .. Set($"AgentMesh__Responder__Prices__0__Output={output}"),
        .. Set("AgentMesh__Responder__MaxOutputTokens=64"),
        .. Set("AgentMesh__Responder__Tools=none"),
    ];

    /// <summary>A setting, <c>NAME=VALUE</c>.</summary>
    public static string[] Set(string setting) => ["--set", setting];
}
