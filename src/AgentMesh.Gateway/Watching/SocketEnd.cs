using System.Net.WebSockets;

namespace AgentMesh.Gateway.Watching;

/// <summary>Why a socket ends.</summary>
/// <param name="Status">The close code to send; null: none, nobody would read it.</param>
/// <param name="Reason">Says it in a word or two.</param>
internal sealed record SocketEnd(WebSocketCloseStatus? Status, string Reason)
{
    /// <summary>The connection is lost.</summary>
    public static SocketEnd Gone { get; } = new(null, "");

    /// <summary>The process ends; what is due is sent first.</summary>
    public static SocketEnd Draining { get; } = new(WebSocketCloseStatus.EndpointUnavailable, "shutting down");

    public static SocketEnd FrameTooLarge { get; } = new(WebSocketCloseStatus.MessageTooBig, "frame too large");

    public static SocketEnd TooManyFrames { get; } = new(WebSocketCloseStatus.PolicyViolation, "too many frames");

    public static SocketEnd TooManySockets { get; } = new(WebSocketCloseStatus.PolicyViolation, "too many sockets");

    public static SocketEnd TooSlow { get; } = new(WebSocketCloseStatus.PolicyViolation, "reads too slowly");

    public static SocketEnd Silent { get; } = new(WebSocketCloseStatus.PolicyViolation, "silent");

    /// <summary>The client closes; its code is sent back (RFC 6455, 5.5.1).</summary>
    public static SocketEnd Closed(WebSocketCloseStatus? status) => new(status ?? WebSocketCloseStatus.Empty, "");
}
