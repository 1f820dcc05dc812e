using System.Collections.Concurrent;
using System.Net.Http.Headers;
using AgentMesh.Gateway.Tests.Identity;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Gateway.Tests.Edge;

/// <summary>The line of each request.</summary>
public sealed class RequestLogTests : IAsyncLifetime
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Category = "AgentMesh.Gateway.Edge.RequestLog";

    private readonly TokenIssuer _issuer = new();
    private readonly Recorder _recorder = new();
    private FakeSidecar _sidecar = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _sidecar = await FakeSidecar.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        _issuer.Dispose();
    }

    [Theory]
    [InlineData("/agent/alice/info?secret=secret", true, "GET /agent/{userId}/info 200 in # ms for user:default/alice, trace")]
    [InlineData("/agent/bob/info?secret=secret", true, "GET /agent/{userId}/info 404 in # ms for user:default/alice, trace")]
    [InlineData("/agent/alice/info?secret=secret", false, "GET /agent/{userId}/info 401 in # ms for -, trace")]
    [InlineData("/secret?secret=secret", false, "GET - 404 in # ms for -, trace")]
    [InlineData("/livez?secret=secret", false, null)]
    public async Task Request_IsALine_OfItsRouteAndNothingThatACallerHasWritten(string path, bool withToken, string? line)
    {
        await SendAsync(path, withToken, [.. _issuer.Settings]);
        Assert.Equal(line is null ? [] : [$"{line} {Trace}"], _recorder.Lines);
    }

    [Fact]
    public async Task Line_IsSwitchedOffByItsCategory()
    {
        await SendAsync("/agent/alice/info", true, [.. _issuer.Settings, new($"Logging:LogLevel:{Category}", "Warning")]);
        Assert.Empty(_recorder.Lines);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("Information", 1)]
    public async Task InDevelopment_ThereIsNone_ButForWhomWantsIt(string? level, int lines)
    {
        await SendAsync("/agent/alice/info", false, level is null ? [] : [new($"Logging:LogLevel:{Category}", level)]);
        Assert.Equal(lines, _recorder.Lines.Count);
    }

    private async Task SendAsync(string path, bool withToken, KeyValuePair<string, string>[] settings)
    {
        await using var gateway = new GatewayServer(_sidecar, null, settings) { Logs = _recorder };
        using var client = gateway.CreateDefaultClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
        if (withToken)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _issuer.Token());
        using var answer = await client.SendAsync(request, Token);
    }

    private sealed class Recorder : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        private bool _isWanted;

        public ILogger CreateLogger(string categoryName) => new Recorder(Lines) { _isWanted = categoryName == Category };

        public Recorder()
        {
        }

        private Recorder(ConcurrentQueue<string> lines) => Lines = lines;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (_isWanted)
                Lines.Enqueue(System.Text.RegularExpressions.Regex.Replace(formatter(state, exception), @" in [0-9.]+ ms", " in # ms"));
        }
    }
}
