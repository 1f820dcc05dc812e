using System.ComponentModel.DataAnnotations;
using AgentMesh.Agents.Turns;

namespace AgentMesh.ActorHost.Turns;

/// <summary>Section <c>AgentMesh:Turns</c>: turns that a model answers.</summary>
internal sealed class TurnOptions
{
    internal const string Section = "AgentMesh:Turns";

    /// <summary>
    /// Seconds that a run of the model is trusted to live without a word. Default 15. With <see cref="WorkIntervalSeconds"/> the longest time
    /// until a dead process' turn runs again.
    /// </summary>
    [Range(1, 300)]
    public int LeaseSeconds { get; set; } = 15;

    /// <summary>Seconds between two looks of the reminder at what is due. Default 10.</summary>
    [Range(1, 300)]
    public int WorkIntervalSeconds { get; set; } = 10;

    /// <summary>Seconds from the first run of a turn to its end without an answer. Default 300.</summary>
    [Range(1, 86_400)]
    public int DeadlineSeconds { get; set; } = 300;

    /// <summary>Runs of the model for one turn, those of dead processes included. Default 10.</summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>Turns that one process works on at a time; more of them wait. Default 256.</summary>
    [Range(1, 10_000)]
    public int Concurrency { get; set; } = 256;

    /// <summary>Encoded bytes of history that a model reads, about four to a token. Default 65536.</summary>
    [Range(1024, 1024 * 1024)]
    public int ContextBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// Calls of the model in one run of a turn, retries not counted. Default 8. The last one is made without tools, so that it ends in an answer.
    /// </summary>
    [Range(1, 100)]
    public int MaxModelCalls { get; set; } = 8;

    /// <summary>Calls of tools in one run of a turn. Default 16. When they are used up the model is asked once more, without tools.</summary>
    [Range(1, 1000)]
    public int MaxToolCalls { get; set; } = 16;

    /// <summary>Seconds for one call of a tool. Default 60. The model is told, and the turn goes on.</summary>
    [Range(1, 3600)]
    public int ToolTimeoutSeconds { get; set; } = 60;

    internal TurnRules Rules => new(TimeSpan.FromSeconds(LeaseSeconds), TimeSpan.FromSeconds(DeadlineSeconds), MaxAttempts);
}
