using System.ComponentModel.DataAnnotations;

namespace AgentMesh.ActorHost.Announcing;

/// <summary>Section <c>AgentMesh:Announcements</c>.</summary>
internal sealed class AnnouncerOptions
{
    internal const string Section = "AgentMesh:Announcements";

    /// <summary>
    /// Milliseconds from the beginning of one announcement to the next at the earliest. Default 20: the first is told at once, and a busy process
    /// tells at most 50 times a second, whatever it has to tell.
    /// </summary>
    [Range(0, 10_000)]
    public int IntervalMs { get; set; } = 20;
}
