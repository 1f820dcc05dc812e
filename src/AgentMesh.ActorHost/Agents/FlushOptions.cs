using System.ComponentModel.DataAnnotations;

namespace AgentMesh.ActorHost.Agents;

/// <summary>Section <c>AgentMesh:Flush</c>: soft state, which is kept in memory and written now and then.</summary>
internal sealed class FlushOptions
{
    internal const string Section = "AgentMesh:Flush";

    /// <summary>Seconds after a first read until the time and the number of reads are written. Default 300. 0: reads are not counted at all.</summary>
    [Range(0, 86_400)]
    public int IntervalSeconds { get; set; } = 300;

    /// <summary>What is due for other reasons than reads is looked at in the default interval then.</summary>
    internal TimeSpan Interval => TimeSpan.FromSeconds(IntervalSeconds == 0 ? 300 : IntervalSeconds);
}
