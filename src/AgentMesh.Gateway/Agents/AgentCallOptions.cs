namespace AgentMesh.Gateway.Agents;

/// <summary>How long and how often an agent is called for one request.</summary>
internal sealed class AgentCallOptions
{
    public const string Section = "AgentMesh:AgentCalls";

    /// <summary>For one request with all its retries. Default 30 s: a dead host's agents are placed anew within that.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For one call. Default 20 s: no turn is longer.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Before the first retry; doubles with jitter. Default 50 ms.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest wait between two calls. Default 1 s.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Calls made although the agent answers with a failure each time. Default 3.</summary>
    public int MaxFailedCalls { get; set; } = 3;
}
