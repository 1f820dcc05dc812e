using System.Buffers;
using System.Net.WebSockets;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Watching;

/// <summary>What comes from the client.</summary>
internal sealed partial class SocketSession
{
    /// <summary>Longest frame, bytes: that of a request body.</summary>
    private const int MaxFrameBytes = EdgeServer.MaxBodyBytes;

    private const int FirstBufferBytes = 4096;
    private const int Growth = 4;

    private static readonly Refusal NotText = new(EdgeRefusals.InvalidFrame, "Frames are JSON as text, not binary.");

    private async Task ReadAsync(AgentKey agent)
    {
        try
        {
            while (await ReadMessageAsync(agent))
            {
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Lost, or not the protocol: then the reader of frames has sent a close with 1002 or 1007 already.
            End(SocketEnd.Gone);
        }
        finally
        {
            Volatile.Write(ref _isReading, false);
        }
    }

    // False at the end.
    private async ValueTask<bool> ReadMessageAsync(AgentKey agent)
    {
        // Nothing is rented until something comes.
        Volatile.Write(ref _isReading, true);
        var received = await _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        if (received.MessageType == WebSocketMessageType.Close)
        {
            End(SocketEnd.Closed(_socket.CloseStatus));
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        var length = 0;
        try
        {
            while (!received.EndOfMessage)
            {
                if (length > MaxFrameBytes)
                {
                    End(SocketEnd.FrameTooLarge);
                    // The rest is read away: a close answers the close, and only so the client sees ours.
                    length = 0;
                }

                if (length == buffer.Length)
                    buffer = Grow(buffer, length);
                received = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    End(SocketEnd.Closed(_socket.CloseStatus));
                    return false;
                }

                length += received.Count;
            }

            Volatile.Write(ref _isReading, false);
            if (length > MaxFrameBytes)
                End(SocketEnd.FrameTooLarge);
            // After the end frames are only read away, until the client closes too.
            if (_end is null)
                await TakeAsync(agent, received.MessageType, buffer.AsMemory(0, length));
            return true;
        }
        finally
        {
            // Cleared: it held what a user said.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        // One byte more than allowed, to see that there is one.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * Growth, MaxFrameBytes + 1));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return larger;
    }

    private async ValueTask TakeAsync(AgentKey agent, WebSocketMessageType type, ReadOnlyMemory<byte> text)
    {
        if (!_rate.TryTake(_parts.TimeProvider.GetTimestamp(), _parts.TimeProvider))
        {
            End(SocketEnd.TooManyFrames);
            return;
        }

        if (type != WebSocketMessageType.Text)
        {
            await RefuseAsync(NotText, null);
            return;
        }

        var (frame, refusal, id) = ClientFrame.Read(text);
        if (frame is null)
        {
            await RefuseAsync(refusal!, id);
            return;
        }

        switch (frame.Type)
        {
            case ClientFrame.MessageType:
                // Who speaks first does not resume.
                _heard?.TrySetResult();
                await PostAsync(agent, frame);
                break;
            case ClientFrame.ResumeType:
                ResumeAfter(frame.After);
                _heard?.TrySetResult();
                break;
            case ClientFrame.PingType:
                await _output.SendAsync(SocketFrames.Pong, Aborted);
                break;
            default:
                // A pong has done what it is for by coming.
                break;
        }
    }

    // Of several that were not taken yet the earliest counts: it sends what all of them ask for.
    private void ResumeAfter(long after)
    {
        var earlier = Volatile.Read(ref _resumeAfter);
        while (earlier == NoResume || after < earlier)
        {
            var found = Interlocked.CompareExchange(ref _resumeAfter, after, earlier);
            if (found == earlier)
                break;
            earlier = found;
        }

        _watcher.Wake();
    }

    // One after the other and before the next frame is read: in order, and a client that sends faster than its agent takes waits.
    private async ValueTask PostAsync(AgentKey agent, ClientFrame frame)
    {
        var request = frame.Message!;
        if (_parts.Validator.Validate(request) is { IsValid: false, Errors: [var first, ..] })
        {
            await RefuseAsync(new Refusal(first.ErrorCode, first.ErrorMessage), frame.Id);
            return;
        }

        var message = new PostMessage(request.Content!, request.SessionId, RequestId.New(), frame.Id, request.IfBusy);
        Volatile.Write(ref _isPosting, true);
        Expected.Begin();
        try
        {
            var reply = await _parts.Posts.PostAsync(agent, message, MessageTransports.WebSocket, Aborted);
            if (reply.Refusal is not null)
                await RefuseAsync(reply.ToResult().Refusal!, frame.Id);
            else if (reply.Value is { IsPending: true } posted)
                await ExpectAsync(posted.TurnId, frame.Id);
        }
        finally
        {
            Expected.End();
            Volatile.Write(ref _isPosting, false);
            _watcher.Wake();
        }
    }

    private ValueTask RefuseAsync(Refusal refusal, string? id) =>
        _output.SendAsync(SocketFrames.Text(WatchJson.Error(refusal, id)), Aborted);
}
