using System.Net.Sockets;
using Dapr;
using Polly;
using Polly.Retry;

namespace AgentMesh.ActorHost.Agents;

/// <summary>How work outside of an agent's turn calls it again while it is not reached: the agent may be on its way to another process.</summary>
internal static class AgentRetries
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>True for what a call throws when the agent is not reached or fails.</summary>
    public static bool IsFault(Exception exception) => exception is HttpRequestException or IOException or SocketException or DaprApiException;

    /// <summary>Repeats calls that are safe to repeat.</summary>
    /// <param name="time">Tells the pauses.</param>
    /// <param name="retries">How often.</param>
    /// <param name="firstPause">Doubled each time, up to two seconds.</param>
    public static ResiliencePipeline Create(TimeProvider time, int retries, TimeSpan firstPause) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } exception && IsFault(exception)),
            MaxRetryAttempts = retries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = firstPause,
            MaxDelay = LongestPause,
        })
        .Build();
}
