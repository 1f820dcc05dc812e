using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Testing.ModelServer;

/// <summary>Listens on loopback.</summary>
public sealed class FakeModelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<ModelBehavior> _behaviors = new();
    private readonly ConcurrentDictionary<string, int> _misbehaved = new();
    private readonly Channel<ModelRequest> _requests = Channel.CreateUnbounded<ModelRequest>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<ModelArrival> _log = new();
    private int _count;
    private long _tokensRead;
    private long _tokensWritten;

    private FakeModelServer(WebApplication app, TimeProvider time)
    {
        _app = app;
        _time = time;
        app.MapPost("/v1/chat/completions", context => AnswerAsync(context, new OpenAIProtocol()));
        app.MapPost("/v1/messages", context => AnswerAsync(context, new AnthropicProtocol()));
        app.MapGet("/requests/log", context => context.Response.WriteAsJsonAsync(_log, context.RequestAborted));
        app.MapGet("/requests", context => context.Response.WriteAsync(_count.ToString(CultureInfo.InvariantCulture), context.RequestAborted));
    }

    /// <summary>Without a path.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Of OpenAI's kind.</summary>
    public Uri OpenAIEndpoint => new(Address, "/v1");

    /// <summary>What comes in, once each.</summary>
    public ChannelReader<ModelRequest> Requests => _requests.Reader;

    /// <summary>How many requests came.</summary>
    public int Count => _count;

    /// <summary>Tokens of all requests, whether it has said so or not: what a provider would bill.</summary>
    public long TokensRead => Interlocked.Read(ref _tokensRead);

    /// <summary>Tokens it has begun to send, whoever was left to read them.</summary>
    public long TokensWritten => Interlocked.Read(ref _tokensWritten);

    /// <summary>Requests whose client has gone before the answer's end are counted here.</summary>
    public SemaphoreSlim Abandoned { get; } = new(0);

    /// <summary>Starts one.</summary>
    /// <param name="port">0: any.</param>
    /// <param name="time">The clock of pauses; null: the system's.</param>
    public static async Task<FakeModelServer> StartAsync(int port = 0, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var server = new FakeModelServer(builder.Build(), time ?? TimeProvider.System);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>The next requests behave so, one each, whatever the name of the model says.</summary>
    public void Behave(params ModelBehavior[] behaviors)
    {
        ArgumentNullException.ThrowIfNull(behaviors);
        foreach (var behavior in behaviors)
            _behaviors.Enqueue(behavior);
    }

    /// <summary>Until the process is told to stop.</summary>
    public Task WaitForShutdownAsync() => ((IHost)_app).WaitForShutdownAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
        Abandoned.Dispose();
    }

    private async Task AnswerAsync(HttpContext context, IModelProtocol protocol)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            var at = _time.GetUtcNow().ToUnixTimeMilliseconds();
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: gone.Token);
            var request = new ModelRequest(
                context.Request.Path, context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()), body);
            Interlocked.Increment(ref _count);
            _log.Enqueue(new ModelArrival(at, request.LastUserMessage));
            _requests.Writer.TryWrite(request);
            await AnswerAsync(context, protocol, request, BehaviorOf(request.Model), gone.Token);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            if (!_stopping.IsCancellationRequested)
                Abandoned.Release();
            context.Abort();
        }
    }

    private ModelBehavior BehaviorOf(string model)
    {
        var behavior = _behaviors.TryDequeue(out var scripted) ? scripted : ModelBehavior.Parse(model);
        return behavior.First > 0 && _misbehaved.AddOrUpdate(model, 1, (_, times) => times + 1) > behavior.First
            ? new ModelBehavior { Pause = behavior.Pause, Tokens = behavior.Tokens }
            : behavior;
    }

    private async Task AnswerAsync(HttpContext context, IModelProtocol protocol, ModelRequest request, ModelBehavior behavior, CancellationToken cancellationToken)
    {
        if (behavior.IsSilent)
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
        if (behavior.RetryAfter is not null)
            context.Response.Headers.RetryAfter = behavior.RetryAfter;
        if (behavior.Status != 0)
        {
            context.Response.StatusCode = behavior.Status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(protocol.Error(behavior.ErrorWord), cancellationToken);
            return;
        }

        context.Response.ContentType = behavior.IsPage ? "text/html" : "text/event-stream";
        if (behavior.IsPage)
            await context.Response.WriteAsync("<html></html>", cancellationToken);
        else
            await StreamAsync(context, protocol, request, behavior, cancellationToken);
    }

    private async Task StreamAsync(HttpContext context, IModelProtocol protocol, ModelRequest request, ModelBehavior behavior, CancellationToken cancellationToken)
    {
        var tokens = request.Messages.Where(message => message.Text.Length > 0).Sum(message => message.Text.Split(' ').Length);
        Interlocked.Add(ref _tokensRead, tokens);
        int? read = behavior.HasUsage ? tokens : null;
        await SendAsync(context, protocol.Begin(request.Model, read), cancellationToken);
        var sent = 0;
        var calls = CallsOf(behavior, request);
        var isCut = false;
        foreach (var token in ModelReply.Tokens(behavior, request))
        {
            if (isCut = !behavior.IsEndless && sent == request.MostTokens)
                break;
            if (behavior.Pause > TimeSpan.Zero)
                await Task.Delay(behavior.Pause, _time, cancellationToken);
            if (behavior.Gate is { } gate)
                await gate.WaitAsync(cancellationToken);
            // After the pause and the gate: what was sent just before a cut may be lost with the connection.
            if (behavior.Fault != ModelFault.None && sent == behavior.FaultAt && await FailAsync(context, protocol, behavior, cancellationToken))
                return;
            Interlocked.Increment(ref _tokensWritten);
            await SendAsync(context, [protocol.Token(request.Model, token)], cancellationToken);
            sent++;
        }

        for (var n = 0; n < calls.Count; n++)
        {
            if (behavior.Gate is { } gate)
                await gate.WaitAsync(cancellationToken);
            Interlocked.Increment(ref _tokensWritten);
            await SendAsync(context, protocol.Call(request.Model, n, calls[n]), cancellationToken);
        }

        await SendAsync(context, protocol.End(request.Model, calls.Count > 0 ? "tool_calls" : isCut ? "length" : behavior.Finish, read, sent + calls.Count), cancellationToken);
    }

    private static IReadOnlyList<ModelToolCall> CallsOf(ModelBehavior behavior, ModelRequest request) => request switch
    {
        { MayCall: false } => [],
        _ when behavior.Rings && request.ToolResults.Count == 0 && request.LastUserMessage.Split(' ') is ["ring", var first, var next, .. var others] =>
            [new ModelToolCall("send_to_agent", $$"""{"to":"{{next}}","content":"{{string.Join(' ', ["ring", next, .. others, first])}}"}""")],
        _ when behavior.SearchesHistory && request.ToolResults.Count == 0 =>
            [new ModelToolCall("search_history", JsonSerializer.Serialize(new { query = request.LastUserMessage }))],
        _ when behavior.Pays && request.ToolResults.Count == 0 && request.LastUserMessage.StartsWith('{') => [new ModelToolCall("pay_url", request.LastUserMessage)],
        _ => behavior.Calls,
    };

    /// <returns>Whether the stream is over.</returns>
    private async Task<bool> FailAsync(HttpContext context, IModelProtocol protocol, ModelBehavior behavior, CancellationToken cancellationToken)
    {
        switch (behavior.Fault)
        {
            case ModelFault.Cut:
                context.Abort();
                return true;
            case ModelFault.Close:
                return true;
            case ModelFault.Malformed:
                await SendAsync(context, [protocol.Malformed], cancellationToken);
                return false;
            case ModelFault.Error:
                await SendAsync(context, [protocol.Overloaded()], cancellationToken);
                return true;
            default:
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
                return true;
        }
    }

    private static async Task SendAsync(HttpContext context, IEnumerable<string> events, CancellationToken cancellationToken)
    {
        foreach (var text in events)
            await context.Response.WriteAsync(text + "\n\n", cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
