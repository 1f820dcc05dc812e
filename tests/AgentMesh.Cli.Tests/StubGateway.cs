using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Cli.Tests;

/// <summary>Something that answers as a test says, and keeps what it was asked.</summary>
internal sealed class StubGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<HttpContext, string, Task> _answer;

    private StubGateway(WebApplication app, Func<HttpContext, string, Task> answer) => (_app, _answer) = (app, answer);

    public string Url => _app.Urls.Single();

    /// <summary>Requests as they came: method, path and query, body.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Their idempotency keys.</summary>
    public ConcurrentQueue<string> Keys { get; } = new();

    /// <summary>Their credentials.</summary>
    public ConcurrentQueue<string> Tokens { get; } = new();

    /// <param name="answer">Answers a request with its body.</param>
    public static async Task<StubGateway> StartAsync(Func<HttpContext, string, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var gateway = new StubGateway(builder.Build(), answer);
        gateway._app.Run(gateway.AnswerAsync);
        await gateway._app.StartAsync();
        return gateway;
    }

    /// <summary>One that always answers the same.</summary>
    public static Task<StubGateway> StartAsync(int status, string body) => StartAsync((context, _) => WriteAsync(context, status, body));

    /// <summary>Answers with JSON.</summary>
    public static Task WriteAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }

    /// <summary>Refuses, to be asked again after so many seconds.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string code, string detail, int? retryAfterSeconds = null)
    {
        if (retryAfterSeconds is not null)
            context.Response.Headers.RetryAfter = $"{retryAfterSeconds}";
        return WriteAsync(context, status, $$"""{"type":"urn:agentmesh:problem:{{code}}","detail":"{{detail}}"}""");
    }

    public async ValueTask DisposeAsync()
    {
        // What hangs is not waited for.
        await _app.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        Keys.Enqueue(context.Request.Headers["Idempotency-Key"].ToString());
        Tokens.Enqueue(context.Request.Headers.Authorization.ToString());
        Asked.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {body}".TrimEnd());
        await _answer(context, body);
    }
}
