namespace AgentMesh.Gateway.Mcp;

/// <summary>Section <c>AgentMesh:Mcp</c>: how long tools may take, and how many run at a time.</summary>
internal sealed class McpEndpointOptions
{
    public const string Section = "AgentMesh:Mcp";

    /// <summary>
    /// How long a tool waits for an answer that is being written or paid for, before it says that it goes on. Default 45 s: clients of the official
    /// SDKs give up after 60.
    /// </summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How long a tool may take at all. Longer than <see cref="AnswerTimeout"/>; default 55 s.</summary>
    public TimeSpan ToolTimeout { get; set; } = TimeSpan.FromSeconds(55);

    /// <summary>Silence after which a comment is sent. Default 5 s: some clients take a connection for dead after 10.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a question to a client may wait for its answer. Default 10 min.</summary>
    public TimeSpan QuestionLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Requests of one agent at a time, in this process. Default 256.</summary>
    public int MaxCallsPerAgent { get; set; } = 256;

    /// <summary>Calls of one tool of one agent at a time, in this process. Default 128.</summary>
    public int MaxCallsPerTool { get; set; } = 128;

    /// <summary>True when a gateway can work with these values.</summary>
    public bool IsValid() =>
        AnswerTimeout > TimeSpan.Zero && ToolTimeout > AnswerTimeout && KeepAliveInterval > TimeSpan.Zero && QuestionLifetime > TimeSpan.Zero
        && MaxCallsPerTool > 0 && MaxCallsPerAgent >= MaxCallsPerTool;
}
