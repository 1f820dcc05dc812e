using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using AgentMesh.ServiceDefaults.Dapr;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Gateway.Tests;

/// <summary>One actor call as the sidecar saw it.</summary>
internal sealed record SidecarCall(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>Ends when the caller hangs up.</summary>
    public required CancellationToken Aborted { get; init; }
}

/// <summary>A Dapr sidecar that answers actor calls as the test says and remembers them. The real SDK calls it over real HTTP.</summary>
internal sealed class FakeSidecar : IAsyncDisposable
{
    public const string InfoReply = """{"value":{"messageCount":0}}""";
    public const string PostedReply = """{"value":{"response":"You said: hi","messageCount":2,"seq":2,"turnId":"t1","sessionId":"default"}}""";
    public const string HistoryReply = """{"value":{"messages":[]}}""";

    public const string NotedReply = """{"value":{"intent":7}}""";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SidecarCall> _calls = new();
    private readonly Channel<SidecarCall> _arrivals = Channel.CreateUnbounded<SidecarCall>();
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _script = new();

    private FakeSidecar(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    public bool Ready { get; set; } = true;

    /// <summary>Answers calls for which no script is left; null from it: the usual success.</summary>
    public Func<SidecarCall, string?>? Agent { get; set; }

    /// <summary>All but those of the audit chain.</summary>
    public IReadOnlyList<SidecarCall> Calls => [.. _calls.Where(call => !IsAudit(call))];

    /// <summary>Those of the audit chain too.</summary>
    public IReadOnlyList<SidecarCall> AllCalls => [.. _calls];

    /// <summary>Answers calls of the audit chain; null: each is noted.</summary>
    public Func<HttpContext, SidecarCall, Task>? Auditor { get; set; }

    public static async Task<FakeSidecar> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var both = new PriorKnowledge();
        both.AddTo(builder.Services);
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, both.Serve));
        var app = builder.Build();
        var sidecar = new FakeSidecar(app);
        app.Run(sidecar.AnswerAsync);
        await app.StartAsync();
        sidecar.Address = app.Urls.Single(url => url.StartsWith("http://127.0.0.1", StringComparison.Ordinal));
        return sidecar;
    }

    /// <summary>What the next calls are answered, one each; after that, success.</summary>
    public FakeSidecar Then(params ReadOnlySpan<Func<HttpContext, Task>> answers)
    {
        foreach (var answer in answers)
            _script.Enqueue(answer);
        return this;
    }

    /// <summary>Waits for the next call that was not waited for yet.</summary>
    public async Task<SidecarCall> NextCallAsync() => await _arrivals.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public void Reset()
    {
        _calls.Clear();
        _script.Clear();
        Ready = true;
        Auditor = null;
    }

    /// <summary>An answer in the words of daprd.</summary>
    public static Func<HttpContext, Task> Error(int status, string code, string message) =>
        Text(status, $$"""{"errorCode":"{{code}}","message":"{{message}}"}""");

    public static Func<HttpContext, Task> Text(int status, string body) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    };

    /// <summary>The connection breaks before an answer.</summary>
    public static Task Cut(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>No answer until the caller hangs up.</summary>
    public static Task Hang(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        context.RequestAborted.Register(gone.SetResult);
        return gone.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/v1.0/healthz/outbound")
        {
            context.Response.StatusCode = Ready ? StatusCodes.Status204NoContent : StatusCodes.Status500InternalServerError;
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var call = new SidecarCall(context.Request.Method, context.Request.Path, headers, await reader.ReadToEndAsync()) { Aborted = context.RequestAborted };
        _calls.Enqueue(call);
        if (IsAudit(call))
        {
            await (Auditor?.Invoke(context, call) ?? Text(200, NotedReply)(context));
            return;
        }

        _arrivals.Writer.TryWrite(call);
        await (_script.TryDequeue(out var answer) ? answer : Text(200, Agent?.Invoke(call) ?? Success(call.Path)))(context);
    }

    private static bool IsAudit(SidecarCall call) => call.Path.Contains("/AuditActor/", StringComparison.Ordinal);

    private static string Success(string path) =>
        path.EndsWith("/PostMessage", StringComparison.Ordinal) ? PostedReply
        : path.EndsWith("/GetInfo", StringComparison.Ordinal) ? InfoReply
        : HistoryReply;
}
