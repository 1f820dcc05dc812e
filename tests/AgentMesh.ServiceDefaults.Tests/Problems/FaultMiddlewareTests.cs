using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using AgentMesh.ServiceDefaults.Dapr;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.ServiceDefaults.Tests.Problems;

public sealed class FaultMiddlewareTests
{
    [Theory]
    [InlineData("Development")]
    [InlineData("Staging")]
    [InlineData("Production")]
    public async Task Exception_IsAProblemWithoutItsText_InEveryEnvironment(string environment)
    {
        await using var server = await ServiceServer.StartAsync(
            environment, app => app.MapGet("/", IResult () => throw new InvalidOperationException("secret", new FormatException("inner secret"))));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Accept.ParseAdd("text/html");
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        await AssertProblemAsync(response, HttpStatusCode.InternalServerError, "internal_error");
    }

    [Theory]
    [InlineData(400, 400, "bad_request")]
    [InlineData(408, 408, "request_timeout")]
    [InlineData(413, 413, "body_too_large")]
    [InlineData(431, 400, "bad_request")]
    public async Task RefusalOfTheHttpServer_IsAProblemInOurWords(int thrown, int status, string code)
    {
        await using var server = await ServiceServer.StartAsync("Development", app => app.MapGet("/", IResult () => throw new BadHttpRequestException("secret", thrown)));
        using var response = await server.Client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        await AssertProblemAsync(response, (HttpStatusCode)status, code);
    }

    [Fact]
    public async Task ExceptionAfterTheAnswerBegan_CutsTheAnswer()
    {
        await using var server = await ServiceServer.StartAsync("Development", app => app.Run(async context =>
        {
            await context.Response.WriteAsync("half", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            throw new InvalidOperationException("secret");
        }));
        using var response = await server.Client.GetAsync(new Uri("/", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Over HTTP/2 too, where the reading breaks before the request is said to be aborted.</summary>
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task CallerWhoLeavesInTheMiddleOfTheBody_IsNoFault(string version)
    {
        using var log = new ErrorLog();
        var broken = 0;
        await using (var server = await ServiceServer.StartAsync(
            "Development",
            [new("APP_PORT", "0")],
            app => app.MapPost("/", async (HttpContext context) =>
            {
                try
                {
                    await context.Request.Body.CopyToAsync(Stream.Null);
                }
                catch (IOException)
                {
                    Interlocked.Increment(ref broken);
                    throw;
                }
            }),
            builder =>
            {
                builder.AddAppListener(1, 1024 * 1024);
                builder.Logging.AddProvider(log);
            },
            onKestrel: true))
        {
            using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
            var address = new Uri(server.Urls.Single(url => url.StartsWith("http://127.0.0.1", StringComparison.Ordinal)));
            for (var n = 0; n < 40; n++)
            {
                using var leave = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
                using var half = new HalfABody();
                using var request = new HttpRequestMessage(HttpMethod.Post, address) { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = half };
                var sending = client.SendAsync(request, leave.Token);
                await half.Begun.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
                await leave.CancelAsync();
                await Assert.ThrowsAnyAsync<Exception>(() => sending);
            }
        }

        Assert.Empty(log.Errors);
        Assert.True(broken > 0);
    }

    [Fact]
    public async Task FaultOfReading_OfACallerWhoStays_IsAFault()
    {
        using var log = new ErrorLog();
        await using var server = await ServiceServer.StartAsync(
            "Development", [new("APP_PORT", "0")], app => app.MapPost("/", IResult () => throw new IOException("secret")),
            builder =>
            {
                builder.AddAppListener(1, 1024 * 1024);
                builder.Logging.AddProvider(log);
            },
            onKestrel: true);
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Urls.Single(url => url.StartsWith("http://127.0.0.1", StringComparison.Ordinal)))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await AssertProblemAsync(response, HttpStatusCode.InternalServerError, "internal_error");
        Assert.Single(log.Errors);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(["type", "title", "status", "detail", "traceId"], problem.EnumerateObject().Select(member => member.Name));
        Assert.Equal("urn:agentmesh:problem:" + code, problem.GetProperty("type").GetString());
    }

    /// <summary>Says that it has ten bytes, sends five, and waits.</summary>
    private sealed class HalfABody : HttpContent
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync("12345"u8.ToArray(), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            Begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 10;
            return true;
        }
    }

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentBag<string> Errors { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
                Errors.Add($"{formatter(state, exception)}: {exception?.Message}");
        }
    }
}
