using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Evm.Tests.Rpc;

/// <summary>A node over real HTTP that answers as the test says, and remembers what it was asked.</summary>
internal sealed class RpcServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<JsonElement> _requests = new();

    private RpcServer(WebApplication app) => _app = app;

    /// <summary>The answer to every request.</summary>
    public required Func<HttpContext, JsonElement, Task> Answer { get; set; }

    public IReadOnlyList<JsonElement> Requests => [.. _requests];

    /// <summary>With a key in the path and one in the query, as providers have them.</summary>
    public Uri Endpoint => new($"{_app.Urls.Single()}/v2/secret-of-path?key=secret-of-query");

    /// <summary>A node whose result is always the same.</summary>
    public static Task<RpcServer> WithResultAsync(string result) =>
        WithBodyAsync(id => $$"""{"jsonrpc":"2.0","id":{{id}},"result":{{result}}}""");

    /// <summary>A node whose answer is made from the id of the request.</summary>
    public static Task<RpcServer> WithBodyAsync(Func<string, string> body) =>
        StartAsync((context, request) => context.Response.WriteAsync(body(request.GetProperty("id").GetRawText()), context.RequestAborted));

    public static async Task<RpcServer> StartAsync(Func<HttpContext, JsonElement, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new RpcServer(app) { Answer = answer };
        app.Run(server.ServeAsync);
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        Assert.Equal("POST", context.Request.Method);
        Assert.Equal("application/json", context.Request.ContentType);
        Assert.Equal("/v2/secret-of-path?key=secret-of-query", context.Request.Path + context.Request.QueryString);
        using var document = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var request = document.RootElement.Clone();
        _requests.Enqueue(request);
        await Answer(context, request);
    }
}
