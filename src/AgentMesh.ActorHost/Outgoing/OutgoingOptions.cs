using System.ComponentModel.DataAnnotations;
using AgentMesh.ServiceDefaults.Outgoing;

namespace AgentMesh.ActorHost.Outgoing;

/// <summary>Of section <c>AgentMesh:Outgoing</c>: calls to addresses that somebody else names. What may be called is in <see cref="OutgoingRulesOptions"/>.</summary>
internal sealed class OutgoingOptions
{
    internal const string Section = OutgoingRulesOptions.Section;

    /// <summary>Bytes of a body that is sent, 256 KiB.</summary>
    internal const int MaxRequestBytes = 256 * 1024;

    /// <summary>Bytes of a body that is taken, 1 MiB: an answer is stored before it is given out.</summary>
    internal const int MaxAnswerBytes = 1024 * 1024;

    /// <summary>Seconds for a call, from the name to the last byte of the answer, redirects included. Default 30.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 30;
}
