using System.ComponentModel.DataAnnotations;

namespace AgentMesh.ActorHost.Outgoing;

/// <summary>Section <c>AgentMesh:Outgoing</c>: calls to addresses that somebody else names.</summary>
internal sealed class OutgoingOptions
{
    internal const string Section = "AgentMesh:Outgoing";

    /// <summary>Bytes of a body that is sent, 256 KiB.</summary>
    internal const int MaxRequestBytes = 256 * 1024;

    /// <summary>Bytes of a body that is taken, 1 MiB: an answer is stored before it is given out.</summary>
    internal const int MaxAnswerBytes = 1024 * 1024;

    /// <summary>
    /// What may be called although it is not on the public internet, with commas between: <c>HOST:PORT</c>, <c>ADDRESS:PORT</c> or an address range
    /// such as <c>10.1.0.0/16</c>. Default nothing; in Development the mesh's own gateways may always be called. To a <c>HOST:PORT</c> of this list
    /// payments go over plain http too.
    /// </summary>
    public string? Allow { get; set; }

    /// <summary>Seconds for a call, from the name to the last byte of the answer, redirects included. Default 30.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 30;
}
