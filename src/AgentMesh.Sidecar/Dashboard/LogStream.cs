using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.Sidecar.Dashboard;

/// <param name="App">Null: all; empty: the sidecar.</param>
/// <param name="Level">The lowest.</param>
internal sealed record LogFilter(string? App, string Level);

/// <summary>The logs as a page, or followed as server-sent events that begin again after <c>Last-Event-ID</c>.</summary>
internal sealed class LogStream(LogRing ring, TimeProvider timeProvider)
{
    /// <summary>Lines of a page or of one write to a follower.</summary>
    public const int MaxLines = 1_000;

    /// <summary>Followers at once.</summary>
    public const int MaxFollowers = 16;

    /// <summary>Many lines go in one write; a screen needs no more than ten a second.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    /// <summary>A comment for proxies and dead connections.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private int _followers;

    public LogPage Last(LogFilter filter, int limit) => ring.ReadLast(filter.App, filter.Level, limit).Page;

    public async Task FollowAsync(HttpContext context, LogFilter filter, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _followers) > MaxFollowers)
        {
            Interlocked.Decrement(ref _followers);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        try
        {
            await WriteAsync(context, filter, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _followers);
        }
    }

    private async Task WriteAsync(HttpContext context, LogFilter filter, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/event-stream";
        var seen = long.TryParse(context.Request.Headers["Last-Event-ID"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
        var (page, last) = seen > 0 ? ring.Read(seen, filter.App, filter.Level, MaxLines) : ring.ReadLast(filter.App, filter.Level, MaxLines);
        await SendAsync(context, page, last, cancellationToken);
        while (true)
        {
            var added = ring.Added;
            var (more, upTo) = ring.Read(last, filter.App, filter.Level, MaxLines);
            if (more.Lines.Count > 0 || more.Missed > 0)
                await SendAsync(context, more, upTo, cancellationToken);
            var moved = upTo > last;
            last = upTo;
            if (moved)
                await Task.Delay(Gather, timeProvider, cancellationToken);
            else
                await WaitAsync(context, added, cancellationToken);
        }
    }

    private async Task WaitAsync(HttpContext context, Task added, CancellationToken cancellationToken)
    {
        try
        {
            await added.WaitAsync(Heartbeat, timeProvider, cancellationToken);
        }
        catch (TimeoutException)
        {
            await context.Response.WriteAsync(":\n\n", cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }
    }

    private static async Task SendAsync(HttpContext context, LogPage page, long last, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(page, DashboardJson.Default.LogPage);
        await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"id: {last}\ndata: {json}\n\n"), cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}

/// <summary>A bare text as JSON.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class LogText : JsonSerializerContext;
