using System.ComponentModel.DataAnnotations;

namespace AgentMesh.ActorHost.Responders;

/// <summary>Section <c>AgentMesh:Responder</c>: who answers the messages of agents.</summary>
internal sealed class ResponderOptions
{
    internal const string Section = "AgentMesh:Responder";

    /// <summary>
    /// <c>echo</c> (default, no model), <c>openai</c> (chat completions of OpenAI, Azure, Ollama, vLLM) or <c>anthropic</c> (messages);
    /// <c>custom</c> where <see cref="AgentHostBuilder.UseChatClient"/> sets it.
    /// </summary>
    public string Provider { get; set; } = ResponderProviders.Echo;

    /// <summary>
    /// Where the model is, without the method's path. Default <c>https://api.openai.com/v1</c> or <c>https://api.anthropic.com</c>.
    /// Ollama: <c>http://127.0.0.1:11434/v1</c>.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>The model's name at the provider; the deployment's name at Azure. No default; the echo needs none.</summary>
    public string? Model { get; set; }

    /// <summary>The provider's key, in Development only. Default none, which an OpenAI-compatible server on loopback accepts.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// Where the key is: <c>STORE/NAME</c> or <c>STORE/NAME/KEY</c> of a Dapr secret store, read at first use and kept in memory until
    /// the provider refuses it; <c>none</c>: the server wants no key. Default none given.
    /// </summary>
    public string? ApiKeySecret { get; set; }

    /// <summary>
    /// Most tokens of one reply. Default 2048. Sent as <c>max_completion_tokens</c> or <c>max_tokens</c>; for a server that ignores
    /// it <see cref="MaxReplyCharacters"/> is the bound.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxOutputTokens { get; set; } = 2048;

    /// <summary>Characters (UTF-16) at which a reply ends, as if it had reached its tokens. Default 200,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxReplyCharacters { get; set; } = 200_000;

    /// <summary>
    /// Seconds for one call of the model with all its retries, up to its last token. Default 300. A turn with tools has several; its deadline ends them all.
    /// </summary>
    [Range(1, 3600)]
    public int RequestTimeoutSeconds { get; set; } = 300;

    /// <summary>Seconds of one attempt until the first text or reasoning comes. Default 60.</summary>
    [Range(1, 3600)]
    public int FirstTokenTimeoutSeconds { get; set; } = 60;

    /// <summary>Seconds without any chunk after the first token. Default 30. The time its reader takes does not count.</summary>
    [Range(1, 3600)]
    public int IdleTimeoutSeconds { get; set; } = 30;

    /// <summary>Further attempts when the model fails before the first text. Default 2. A reply that has begun is never repeated.</summary>
    [Range(0, 10)]
    public int Retries { get; set; } = 2;

    /// <summary>Seconds before the first retry; doubled for each further one, with jitter, 10 at most. Default 1.</summary>
    [Range(1, 10)]
    public int RetryDelaySeconds { get; set; } = 1;

    /// <summary>Longest <c>Retry-After</c> in seconds that is waited for. Default 20. A longer one fails at once and is passed on.</summary>
    [Range(0, 300)]
    public int MaxRetryAfterSeconds { get; set; } = 20;

    /// <summary>Calls within the window from which on the circuit breaker looks at failures. Default 8.</summary>
    [Range(2, 10_000)]
    public int BreakerMinimumCalls { get; set; } = 8;

    /// <summary>Percentage of failed calls within the window at which the breaker opens. Default 50.</summary>
    [Range(1, 100)]
    public int BreakerFailurePercent { get; set; } = 50;

    /// <summary>Seconds of the breaker's window. Default 30.</summary>
    [Range(1, 3600)]
    public int BreakerWindowSeconds { get; set; } = 30;

    /// <summary>Seconds for which an open breaker calls nobody. Default 15.</summary>
    [Range(1, 3600)]
    public int BreakerOpenSeconds { get; set; } = 15;

    /// <summary>Instructions for the model where a request has none of its own. Default none.</summary>
    public string? SystemPrompt { get; set; }

    /// <summary>Names of the tools that models may call, with commas between; <c>none</c>. Default: all there are.</summary>
    public string? Tools { get; set; }

    /// <summary>What models cost. Default empty: a model without a price costs 0, and the start says so.</summary>
    public IList<ModelPriceOptions> Prices { get; } = [];
}
