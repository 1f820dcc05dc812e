namespace AgentMesh.ActorHost.Responders;

/// <summary>The values of <see cref="ResponderOptions.Provider"/>.</summary>
internal static class ResponderProviders
{
    internal const string Echo = "echo";
    internal const string OpenAI = "openai";
    internal const string Anthropic = "anthropic";

    /// <summary>The app's own chat client. Set by the app and not by an operator.</summary>
    internal const string Custom = "custom";

    /// <summary>The provider's own endpoint; null for a provider without one.</summary>
    internal static string? DefaultEndpoint(string provider) => provider switch
    {
        OpenAI => "https://api.openai.com/v1",
        Anthropic => "https://api.anthropic.com",
        _ => null,
    };

    /// <summary>Where the configured model is.</summary>
    internal static Uri Endpoint(ResponderOptions options) =>
        new((string.IsNullOrWhiteSpace(options.Endpoint) ? DefaultEndpoint(options.Provider)! : options.Endpoint.Trim()).TrimEnd('/'), UriKind.Absolute);
}
