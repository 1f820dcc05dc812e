using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace AgentMesh.Gateway.Watching;

/// <summary>
/// The opening handshake (RFC 6455, 4.2). By hand, because ASP.NET Core's middleware keeps the stream to itself, and frames that are
/// made once for all sockets are written to the stream. Subprotocols and extensions are not answered, which declines them: a client goes
/// on without, or, as browsers do when a page asks for a subprotocol, gives up. No permessage-deflate: it needs a window of up to 64 KiB
/// a socket, and each frame would be compressed anew for each.
/// </summary>
internal static class SocketHandshake
{
    private const string Protocol = "websocket";
    private const string Version = "13";
    private const int KeyBytes = 16;

    // RFC 6455, 1.3.
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static readonly Refusal UpgradeRequired = new(
        EdgeRefusals.UpgradeRequired, "This path is a WebSocket (version 13). Messages go to /message, events come from /events, counters are at /info.");

    private static readonly Refusal InvalidKey = new(EdgeRefusals.BadRequest, "Sec-WebSocket-Key must be 16 bytes in base64.");

    /// <summary>Why the request is no handshake; null when it is one. Sets the headers that belong to the answer.</summary>
    public static Refusal? Check(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true }
            || !headers.Upgrade.Any(value => value?.Split(',').Any(name => name.Trim().Equals(Protocol, StringComparison.OrdinalIgnoreCase)) == true)
            || headers.SecWebSocketVersion is not [Version])
        {
            context.Response.Headers.Upgrade = Protocol;
            context.Response.Headers.SecWebSocketVersion = Version;
            return UpgradeRequired;
        }

        Span<byte> key = stackalloc byte[KeyBytes + 2];
        return headers.SecWebSocketKey is [{ } text] && Convert.TryFromBase64String(text, key, out var length) && length == KeyBytes ? null : InvalidKey;
    }

    /// <summary>Answers a handshake that was checked.</summary>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "RFC 6455 names SHA-1; nothing depends on its strength.")]
    public static Task<Stream> AcceptAsync(HttpContext context)
    {
        var hash = SHA1.HashData(Encoding.ASCII.GetBytes(context.Request.Headers.SecWebSocketKey + AcceptSuffix));
        context.Response.Headers.Upgrade = Protocol;
        context.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(hash);
        return context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }
}
