using System.Net.WebSockets;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Identity;
using AgentMesh.Primitives;
using FluentValidation;

namespace AgentMesh.Gateway.Watching;

/// <summary>
/// One WebSocket: a loop that writes what the watcher pulls, and one that reads frames. An idle one is two waiting loops; nothing is
/// rented, no timer runs.
/// </summary>
internal sealed partial class SocketSession : IWatchConnection, IDisposable
{
    private const long NoResume = -1;

    /// <summary>How many graces a pong is waited for: clients that answer none are served all the same.</summary>
    private const int GracesUntilPong = 8;

    private readonly HttpContext _context;
    private readonly Watcher _watcher;
    private readonly SocketParts _parts;
    private readonly SocketStream _stream;
    private readonly WebSocket _socket;
    private readonly SocketOutput _output;
    private readonly FrameRate _rate;
    private readonly OpenCredential _credential;

    // Completed by the first frame, or by the end; what waits for it is gone then.
    private TaskCompletionSource? _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _late;
    private SocketEnd? _end;
    private Task _closing = Task.CompletedTask;
    private long _endedAt;
    private long _pingedAt;
    private long _resumeAfter = NoResume;
    private bool _pingDue;
    private bool _isReading;
    private bool _isPosting;

    public SocketSession(HttpContext context, Stream stream, Watcher watcher, SocketParts parts)
    {
        _context = context;
        _watcher = watcher;
        _parts = parts;
        _stream = new SocketStream(stream, parts.TimeProvider);
        // For reading only. Zero: pings are the clock's, not of a timer for each socket.
        _socket = WebSocket.CreateFromStream(_stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero });
        _output = new SocketOutput(_stream, parts.TimeProvider);
        _rate = new FrameRate(parts.Options.FramesPerWindow, parts.Options.FrameWindow);
        _credential = parts.Credentials.Begin(Caller.Of(context));
        _pingedAt = parts.TimeProvider.GetTimestamp();
    }

    private CancellationToken Aborted => _context.RequestAborted;

    /// <summary>Serves the socket to its end.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="info">What it has just told.</param>
    /// <param name="after">Where the client wants to go on; null: at the end of the log, or where its first frame says.</param>
    public async Task RunAsync(AgentKey agent, AgentInfo info, long? after)
    {
        _resumeAfter = after ?? NoResume;
        _parts.Clock.Add(this);
        await using var lost = Aborted.Register(static session => ((SocketSession)session!).End(SocketEnd.Gone), this);
        var reading = Task.CompletedTask;
        try
        {
            await _output.SendAsync(SocketFrames.Text(WatchJson.Welcome(agent.User.ToString(), info)), Aborted);
            reading = ReadAsync(agent);
            if (after is null)
                await WaitForFirstFrameAsync();
            await WriteAsync();
            if (_end is { Status: not null } end)
                await _output.CloseAsync(SocketFrames.Close(end.Status, end.Reason), Aborted);
            // The client answers the close, or the clock gives the connection up.
            await reading;
            await _closing;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && Aborted.IsCancellationRequested)
        {
            End(SocketEnd.Gone);
        }
        finally
        {
            _parts.Clock.Remove(this);
            if (!reading.IsCompleted)
                _context.Abort();
            await reading;
        }
    }

    public void Tick(long now)
    {
        var options = _parts.Options;
        if (_end is not null)
        {
            if (Elapsed(Volatile.Read(ref _endedAt), now) >= options.CloseTimeout)
                _context.Abort();
            return;
        }

        if (_credential.HasEnded)
        {
            End(SocketEnd.CredentialEnded);
            return;
        }

        if (_output.HasWaited(options.SendTimeout, now))
        {
            if (End(SocketEnd.TooSlow))
                _closing = _output.CloseBehindAsync(SocketFrames.Close(SocketEnd.TooSlow.Status, SocketEnd.TooSlow.Reason), Aborted);
            return;
        }

        // Not while a message is being posted: nothing is read then.
        if (Volatile.Read(ref _isReading) && Elapsed(_stream.LastRead, now) >= options.SilenceTimeout)
        {
            End(SocketEnd.Silent);
            return;
        }

        var isPingDue = Elapsed(_pingedAt, now) >= options.HeartbeatInterval;
        if (isPingDue)
        {
            _pingedAt = now;
            Volatile.Write(ref _pingDue, true);
        }

        if (isPingDue || _watcher.IsBehind)
            _watcher.Wake();
    }

    public void Drain() => End(SocketEnd.Draining);

    public void Dispose()
    {
        _credential.Dispose();
        _socket.Dispose();
        _output.Dispose();
        _late?.Dispose();
    }

    /// <summary>Begins the end; the first reason counts.</summary>
    private bool End(SocketEnd end)
    {
        if (_end is not null)
            return false;
        // Before the reason: the clock reads it after.
        Volatile.Write(ref _endedAt, _parts.TimeProvider.GetTimestamp());
        var isFirst = Interlocked.CompareExchange(ref _end, end, null) is null;
        _heard?.TrySetResult();
        _watcher.Wake();
        return isFirst;
    }

    /// <summary>
    /// Events that are sent before a resume is known would come before older ones. So the welcome goes with a ping: what a client sends at once
    /// comes before its pong or shortly after it, however far away and however busy it is.
    /// </summary>
    private async Task WaitForFirstFrameAsync()
    {
        var grace = _parts.Options.ResumeGrace;
        if (grace > TimeSpan.Zero && _heard is { } heard)
        {
            _late = new CancellationTokenSource(grace * GracesUntilPong, _parts.TimeProvider);
            await using var _ = _late.Token.Register(static heard => ((TaskCompletionSource)heard!).TrySetResult(), heard);
            _stream.Heard = ShortenGrace;
            await _output.SendAsync(SocketFrames.ProtocolPing, Aborted);
            await heard.Task;
        }

        (_heard, _stream.Heard) = (null, null);
    }

    private void ShortenGrace()
    {
        _stream.Heard = null;
        _late!.CancelAfter(_parts.Options.ResumeGrace);
    }

    private async Task WriteAsync()
    {
        while (true)
        {
            if (_end is { } end && end != SocketEnd.Draining)
                return;
            if (Interlocked.Exchange(ref _pingDue, false))
                await _output.SendAsync(SocketFrames.Ping, Aborted);
            if (!_watcher.IsFillingGap && Interlocked.Exchange(ref _resumeAfter, NoResume) is not NoResume and var after)
                _watcher.Resume(after);
            // The message that is being posted still belongs to what is due.
            var isLast = _end is not null && !Volatile.Read(ref _isPosting);
            if (await SendNextAsync())
                continue;
            if (isLast)
                return;
            await _watcher.WaitAsync();
        }
    }

    private async ValueTask<bool> SendNextAsync()
    {
        var isGap = _watcher.IsFillingGap;
        var batch = await _watcher.PullAsync(Aborted);
        if (batch.Reset is { } reset)
            await _output.SendAsync(SocketFrames.Text(WatchJson.Reset(reset)), Aborted);
        if (batch.Events is { Length: > 0 } events)
        {
            await _output.SendAsync(events, Aborted);
            await TellPausesAsync(events);
        }

        if (!batch.IsEmpty || isGap && !_watcher.IsBehind)
            return true;
        if (_watcher.NextDelta() is not { } delta)
            return false;
        await _output.SendAsync(delta.Frame, Aborted);
        return true;
    }

    private TimeSpan Elapsed(long since, long now) => _parts.TimeProvider.GetElapsedTime(since, now);
}

/// <summary>What all sockets share.</summary>
/// <param name="Posts">Takes their messages.</param>
/// <param name="Validator">What a message must be.</param>
/// <param name="Clock">Looks after them.</param>
/// <param name="Options">Their limits.</param>
/// <param name="TimeProvider">The clock's time.</param>
/// <param name="Credentials">What they were opened with.</param>
internal sealed record SocketParts(
    MessagePosts Posts, IValidator<MessageRequest> Validator, WatchClock Clock, WatchOptions Options, TimeProvider TimeProvider, OpenCredentials Credentials);
