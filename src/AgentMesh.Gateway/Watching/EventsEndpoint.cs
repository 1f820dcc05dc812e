using System.Text.Json;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Identity;
using AgentMesh.Gateway.Identity.Tickets;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Watching;

/// <summary>
/// <c>GET /agent/{userId}/events?after=SEQ</c>: the event log from a number on, as an event stream, or with
/// <c>Accept: application/json</c> and <c>wait</c> as a long poll.
/// </summary>
internal static class EventsEndpoint
{
    private const int MaxWaitSeconds = 60;
    private const int RetryMs = 2000;
    private const int MaxEvents = 1000;

    // A long poll ends when it has this much, and the client goes on after its last event.
    private const int MaxEventBytes = 2 * 1024 * 1024;
    private const string Json = "application/json";

    private static readonly Refusal InvalidAfter = new(EdgeRefusals.InvalidAfter, "after must be one number from 0 on, a seq.");

    private static readonly Refusal InvalidLastEventId = new(
        EdgeRefusals.InvalidLastEventId, "Last-Event-ID must be one number from 0 on, the id of an event of this stream.");

    private static readonly Refusal InvalidWait = new(EdgeRefusals.InvalidWait, $"wait must be one number of seconds, 0-{MaxWaitSeconds}.");

    private static readonly Refusal TooMany = new(EdgeRefusals.TooManySockets, "This process serves as many sockets and streams as it takes.");

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/agent/{userId}/events", AnswerAsync).WithMetadata(TakesTickets.Instance)
        .Describe("Reads the event log from a number on, as an event stream or as a long poll.", operation => operation
            .Query("after", "Only what comes behind it; without it only what is new.", Schema.Number(0))
            .Query("wait", "Of a long poll: how many seconds to wait for an event.", Schema.Number(0, MaxWaitSeconds, 0))
            .Header("Last-Event-ID", "As after, and counts before it.", Schema.Number(0))
            .Answers(StatusCodes.Status200OK, "text/event-stream")
            .Answers(StatusCodes.Status200OK, Json, Schema.Object(("events", Schema.List(Schema.AnyObject(), 0, MaxEvents)), ("last", Schema.Number(0))))
            .Refuses(EdgeRefusals.InvalidAfter, EdgeRefusals.InvalidLastEventId, EdgeRefusals.InvalidWait, EdgeRefusals.TooManySockets));

    private static async Task AnswerAsync(HttpContext context)
    {
        var after = ReadAfter(context.Request);
        if (after.Refusal is { } invalid)
        {
            await Problem.WriteAsync(context, invalid);
            return;
        }

        if (EventStream.IsAccepted(context.Request) || !EventStream.Accepts(context.Request, Json))
            await StreamAsync(context, after.Seq);
        else if (QueryNumber.TryRead(context.Request.Query, "wait", 0, MaxWaitSeconds, out var wait))
            await PollAsync(context, after.Seq, TimeSpan.FromSeconds(wait ?? 0));
        else
            await Problem.WriteAsync(context, InvalidWait);
    }

    // An EventSource repeats the URL with its old `after` when it comes back, so the header counts.
    private static (long? Seq, Refusal? Refusal) ReadAfter(HttpRequest request)
    {
        if (!QueryNumber.TryRead(request.Query, "after", 0, long.MaxValue, out var after))
            return (null, InvalidAfter);
        var ids = request.Headers["Last-Event-ID"];
        if (ids.Count == 0 || ids is [""])
            return (after, null);
        return ids is [{ } id] && QueryNumber.TryParse(id, out var last) ? (last, null) : (null, InvalidLastEventId);
    }

    private static async Task StreamAsync(HttpContext context, long? after)
    {
        var services = context.RequestServices;
        using var watcher = services.GetRequiredService<WatchHub>().JoinSocket(AgentPath.KeyOf(context));
        if (watcher is null)
        {
            await Problem.WriteAsync(context, TooMany);
            return;
        }

        if (await StartAsync(context, watcher, after) is { } lost)
        {
            await Problem.WriteAsync(context, lost);
            return;
        }

        using var credential = services.GetRequiredService<OpenCredentials>().Begin(Caller.Of(context));
        using var stream = new EventStream(
            context, watcher, services.GetRequiredService<WatchClock>(), services.GetRequiredService<IOptions<WatchOptions>>().Value,
            services.GetRequiredService<TimeProvider>(), credential);
        await using var gone = context.RequestAborted.Register(static watcher => ((Watcher)watcher!).Wake(), watcher);
        var metrics = services.GetRequiredService<WatchMetrics>();
        metrics.StreamOpened();
        try
        {
            await SendAllAsync(stream, watcher, context.RequestAborted);
        }
        finally
        {
            metrics.StreamClosed();
        }
    }

    private static async Task SendAllAsync(EventStream stream, Watcher watcher, CancellationToken cancellationToken)
    {
        await stream.BeginAsync(RetryMs);
        while (!stream.IsOver)
        {
            var isLast = stream.IsDraining;
            if (await SendNextAsync(stream, watcher, cancellationToken))
                continue;
            if (isLast)
                return;
            await stream.WaitAsync();
        }
    }

    private static async ValueTask<bool> SendNextAsync(EventStream stream, Watcher watcher, CancellationToken cancellationToken)
    {
        var batch = await watcher.PullAsync(cancellationToken);
        // With an id: a client that comes back then asks from there.
        if (batch.Reset is { } reset)
            await stream.SendAsync("reset", WatchJson.Reset(reset), reset);
        foreach (var next in batch.Events ?? [])
            await stream.SendAsync(next.Value.Type, next.Json, next.Seq);
        if (!batch.IsEmpty)
            return true;
        if (watcher.NextDelta() is not { } delta)
            return false;
        await stream.SendAsync("delta", delta.Json);
        return true;
    }

    private static async Task PollAsync(HttpContext context, long? after, TimeSpan wait)
    {
        var services = context.RequestServices;
        using var watcher = services.GetRequiredService<WatchHub>().Join(AgentPath.KeyOf(context));
        using var timeout = new CancellationTokenSource(wait, services.GetRequiredService<TimeProvider>());
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            timeout.Token, context.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        await using var wake = end.Token.Register(static watcher => ((Watcher)watcher!).Wake(), watcher);
        if (await StartAsync(context, watcher, after) is { } lost)
        {
            await Problem.WriteAsync(context, lost);
            return;
        }

        // A number beyond the end gets nothing, and the end, by which the client sees that its number is of another log.
        var first = await watcher.PullAsync(0, context.RequestAborted);
        if (first.End is { } last)
        {
            await AnswerAsync(context, [], last);
            return;
        }

        var events = new List<WatchedEvent>();
        while (!await PullAllAsync(watcher, events, context.RequestAborted) && wait > TimeSpan.Zero && !end.IsCancellationRequested)
            await watcher.WaitAsync();
        await AnswerAsync(context, events, watcher.Cursor);
    }

    // True when there are events.
    private static async ValueTask<bool> PullAllAsync(Watcher watcher, List<WatchedEvent> events, CancellationToken cancellationToken)
    {
        var bytes = 0;
        while (events.Count < MaxEvents && bytes < MaxEventBytes)
        {
            var batch = await watcher.PullAsync(MaxEvents - events.Count, cancellationToken);
            if (batch.IsEmpty)
                break;
            foreach (var next in batch.Events ?? [])
            {
                events.Add(next);
                bytes += next.Json.Length;
            }
        }

        return events.Count > 0;
    }

    // Without a number a client gets what is new from now on.
    private static async Task<Refusal?> StartAsync(HttpContext context, Watcher watcher, long? after)
    {
        if (after is { } seq)
            return (await watcher.StartReadingAsync(seq, context.RequestAborted)).Refusal;
        var info = await AgentCalls.Of(context).GetInfoAsync(watcher.Agent.Key, context.RequestAborted);
        return info.IsRefused ? info.Refusal : await watcher.StartAsync(info.Value.LastSeq, context.RequestAborted);
    }

    private static async Task AnswerAsync(HttpContext context, List<WatchedEvent> events, long last)
    {
        context.Response.ContentType = JsonAnswer.ContentType;
        var json = new Utf8JsonWriter(context.Response.BodyWriter);
        await using (json)
        {
            json.WriteStartObject();
            json.WriteStartArray("events"u8);
            foreach (var next in events)
                json.WriteRawValue(next.Json, skipInputValidation: true);
            json.WriteEndArray();
            json.WriteNumber("last"u8, last);
            json.WriteEndObject();
        }
    }
}
