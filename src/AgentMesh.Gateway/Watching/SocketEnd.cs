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

    /// <summary>
    /// The credential that opened it has ended; the client connects again with another one. 4000-4999 are for applications (RFC 6455, 7.4.2): a client that
    /// needs another token must not have to tell it by a reason's words.
    /// </summary>
    public static SocketEnd CredentialEnded { get; } = new((WebSocketCloseStatus)4401, "credential ended");

    /// <summary>The client closes; its code is sent back (RFC 6455, 5.5.1).</summary>
    public static SocketEnd Closed(WebSocketCloseStatus? status) => new(status ?? WebSocketCloseStatus.Empty, "");
}
