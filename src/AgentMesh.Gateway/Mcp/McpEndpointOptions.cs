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

    /// <summary>
    /// How long a call of a client that takes tasks waits for its answer, before it becomes one. Default 3 s: less than such a client loses by asking again.
    /// Never longer than <see cref="AnswerTimeout"/>.
    /// </summary>
    public TimeSpan TaskAfter { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary><see cref="TaskAfter"/>, and no longer than others wait.</summary>
    public TimeSpan WaitForTask => TaskAfter < AnswerTimeout ? TaskAfter : AnswerTimeout;

    /// <summary>How often clients are asked to look at a task. Default 2 s, whole milliseconds.</summary>
    public TimeSpan TaskPollInterval { get; set; } = TimeSpan.FromSeconds(2);

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
        TaskAfter >= TimeSpan.Zero && AnswerTimeout > TimeSpan.Zero && TaskPollInterval >= TimeSpan.FromMilliseconds(1) && ToolTimeout > AnswerTimeout
        && KeepAliveInterval > TimeSpan.Zero && QuestionLifetime > TimeSpan.Zero && MaxCallsPerTool > 0 && MaxCallsPerAgent >= MaxCallsPerTool;
}
