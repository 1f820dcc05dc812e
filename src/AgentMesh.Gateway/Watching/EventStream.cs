using System.Buffers;
using System.Globalization;
using System.Text;
using AgentMesh.Gateway.Identity;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace AgentMesh.Gateway.Watching;

/// <summary>An answer of <c>text/event-stream</c> (HTML, 9.2): one writer, which waits for the client; the clock looks after it.</summary>
/// <param name="context">The request.</param>
/// <param name="watcher">Wakes it.</param>
/// <param name="clock">The clock.</param>
/// <param name="options">When it is given up.</param>
/// <param name="timeProvider">The time.</param>
/// <param name="credential">What it was opened with; null: the stream is over soon anyway.</param>
internal sealed class EventStream(
    HttpContext context, Watcher watcher, WatchClock clock, WatchOptions options, TimeProvider timeProvider, OpenCredential? credential = null)
    : IWatchConnection, IDisposable
{
    public const string MediaType = "text/event-stream";

    private long _waitingSince;
    private long _sentAt = timeProvider.GetTimestamp();
    private long _overSince;
    private bool _isHeartbeatDue;
    private bool _isDraining;

    /// <summary>True when the process is about to end: what is due is sent, then the answer ends. Clients come back by themselves.</summary>
    public bool IsDraining => Volatile.Read(ref _isDraining);

    /// <summary>True when the credential has ended: nothing more is sent.</summary>
    public bool IsOver => Volatile.Read(ref _overSince) != 0;

    /// <summary>True when the client asks for events.</summary>
    public static bool IsAccepted(HttpRequest request) => Accepts(request, MediaType);

    /// <summary>True when the client names the media type, whatever its weight; no pattern counts.</summary>
    public static bool Accepts(HttpRequest request, string mediaType) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(type => type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase) && type.Quality is null or > 0);

    /// <summary>Sends the headers, and how soon a client may come back.</summary>
    public ValueTask BeginAsync(int? retryMs)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = MediaType;
        clock.Add(this);
        return WriteAsync(retryMs is { } time ? string.Create(CultureInfo.InvariantCulture, $"retry: {time}\n\n") : ":\n\n");
    }

    /// <summary>Waits until there may be something new, and sends a comment meanwhile when it takes long.</summary>
    public async ValueTask WaitAsync()
    {
        await watcher.WaitAsync();
        context.RequestAborted.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _isHeartbeatDue, false))
            await WriteAsync(": ping\n\n");
    }

    /// <summary>Sends an event. JSON has no line breaks, so the data is one line.</summary>
    public ValueTask SendAsync(string type, ReadOnlySpan<byte> json, long? id = null)
    {
        var writer = context.Response.BodyWriter;
        if (id is { } seq)
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {seq}\n"), writer);
        Encoding.UTF8.GetBytes($"event: {type}\ndata: ", writer);
        writer.Write(json);
        writer.Write("\n\n"u8);
        return FlushAsync();
    }

    public void Tick(long now)
    {
        if (Volatile.Read(ref _overSince) is not 0 and var over)
        {
            // Its write hangs.
            if (timeProvider.GetElapsedTime(over, now) >= options.CloseTimeout)
                context.Abort();
            return;
        }

        if (credential is { HasEnded: true })
        {
            Volatile.Write(ref _overSince, now);
            watcher.Wake();
            return;
        }

        if (Volatile.Read(ref _waitingSince) is not 0 and var since && timeProvider.GetElapsedTime(since, now) >= options.SendTimeout)
        {
            context.Abort();
            return;
        }

        var isDue = timeProvider.GetElapsedTime(Volatile.Read(ref _sentAt), now) >= options.HeartbeatInterval;
        if (isDue)
            Volatile.Write(ref _isHeartbeatDue, true);
        if (isDue || watcher.IsBehind)
            watcher.Wake();
    }

    public void Drain()
    {
        Volatile.Write(ref _isDraining, true);
        watcher.Wake();
    }

    public void Dispose() => clock.Remove(this);

    private ValueTask WriteAsync(string text)
    {
        Encoding.UTF8.GetBytes(text, context.Response.BodyWriter);
        return FlushAsync();
    }

    private async ValueTask FlushAsync()
    {
        var now = timeProvider.GetTimestamp();
        Volatile.Write(ref _sentAt, now);
        Volatile.Write(ref _waitingSince, now);
        try
        {
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        finally
        {
            Volatile.Write(ref _waitingSince, 0);
        }
    }
}
