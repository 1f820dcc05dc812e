using System.ClientModel;
using System.ClientModel.Primitives;
using Anthropic;
using Microsoft.Extensions.AI;
using OpenAI;

namespace AgentMesh.ActorHost.Responders;

/// <summary>The providers' own libraries behind one interface.</summary>
internal static class ModelClients
{
    /// <summary>Of the GenAI spans and metrics.</summary>
    internal const string TelemetrySource = "AgentMesh.Responders";

    // The libraries insist on a key; ModelHttpHandler puts the real one in its place.
    private const string NoKey = "none";

    /// <summary>A client of the configured model. Retries and timeouts of the libraries are off: <see cref="Responder"/> has both.</summary>
    internal static IChatClient Create(ResponderOptions options, HttpClient http)
    {
        var endpoint = ResponderProviders.Endpoint(options);
        var client = options.Provider == ResponderProviders.Anthropic
            ? new AnthropicClient
            {
                HttpClient = http,
                BaseUrl = endpoint.AbsoluteUri.TrimEnd('/'),
                ApiKey = NoKey,
                // Set, so that ANTHROPIC_AUTH_TOKEN of the environment is not read.
                AuthToken = null,
                // Its own spans would repeat ours, and ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE puts the text into them.
                OpenTelemetry = false,
                MaxRetries = 0,
                Timeout = Timeout.InfiniteTimeSpan,
            }.AsIChatClient(options.Model!)
            : new OpenAIClient(new ApiKeyCredential(NoKey), new OpenAIClientOptions
            {
                Endpoint = endpoint,
                Transport = new HttpClientPipelineTransport(http),
                RetryPolicy = new ClientRetryPolicy(0),
                NetworkTimeout = Timeout.InfiniteTimeSpan,
            }).GetChatClient(options.Model!).AsIChatClient();
        return Observed(client);
    }

    /// <summary>The client with spans and metrics.</summary>
    internal static IChatClient Observed(IChatClient client) => new ChatClientBuilder(client)
        // Prompts and replies stay out of telemetry, whatever OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT says.
        .UseOpenTelemetry(sourceName: TelemetrySource, configure: telemetry => telemetry.EnableSensitiveData = false)
        .Build();
}
