using AgentMesh.Agents.Sessions;

namespace AgentMesh.ActorHost.Agents;

/// <summary>Section <c>AgentMesh:Sessions</c>.</summary>
internal sealed class SessionOptions
{
    internal const string Section = "AgentMesh:Sessions";

    /// <summary>
    /// Seconds without a message or a touch after which a session is removed, for sessions made from now on whose request does not say it. Default
    /// 0: never. Else 60 to 31,622,400.
    /// </summary>
    public int IdleTtlSeconds { get; set; }

    internal bool IsValid => !SessionExpiry.Choose(null, IdleTtlSeconds).IsRefused;
}
