using System.Net;
using System.Net.Sockets;
using AgentMesh.ServiceDefaults.Dapr;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentMesh.ServiceDefaults.Tests.Dapr;

/// <summary>The port of an app that its sidecar calls: HTTP/1.1 and HTTP/2 with prior knowledge, told apart by how a connection begins.</summary>
public sealed class AppListenerTests
{
    private const int MaxBody = 64 * 1024;

    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    /// <summary>An empty frame of settings: RFC 9113, 6.5.</summary>
    private static readonly byte[] Settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task EachVersion_IsServed_OnTheSamePort(string version)
    {
        await using var app = await StartAsync();
        using var client = Client();
        for (var n = 0; n < 3; n++)
            Assert.Equal($"HTTP/{version.Replace(".0", "", StringComparison.Ordinal)} {PortOf(app)} hello", await SayAsync(client, app, Version.Parse(version)));
    }

    [Fact]
    public async Task ManyCallsAtOnce_ShareConnections()
    {
        await using var app = await StartAsync();
        using var client = Client();
        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => SayAsync(client, app, HttpVersion.Version20)));
        Assert.All(answers, answer => Assert.EndsWith(" hello", answer, StringComparison.Ordinal));
        // 100 calls of one connection at once.
        Assert.InRange(app.Services.GetRequiredService<Connections>().Ids.Distinct(StringComparer.Ordinal).Count(), 1, 3);
    }

    /// <summary>A segment of TCP may end anywhere.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(13)]
    [InlineData(14)]
    public async Task PrefaceInPieces_IsOne(int first)
    {
        await using var app = await StartAsync();
        using var socket = await ConnectAsync(app);
        await socket.SendAsync(Preface.AsMemory(0, first), Stop);
        Assert.False(socket.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead));
        await socket.SendAsync(Preface.AsMemory(first), Stop);
        await socket.SendAsync(Settings, Stop);
        var frame = new byte[9];
        await ReadAsync(socket, frame);
        Assert.Equal(4, frame[3]);
    }

    /// <summary>What begins as the preface does, and is none.</summary>
    [Theory]
    [InlineData("P", "OST / HTTP/1.1\r\nHost: app\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK")]
    [InlineData("PRI * HTTP/", "1.1\r\nHost: app\r\n\r\n", "HTTP/1.1 405 Method Not Allowed")]
    [InlineData("G", "ET / HTTP/1.1\r\nHost: app\r\n\r\n", "HTTP/1.1 200 OK")]
    public async Task OtherRequestsInPieces_AreOfTheFirstVersion(string first, string rest, string status)
    {
        await using var app = await StartAsync();
        using var socket = await ConnectAsync(app);
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(first), Stop);
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(rest), Stop);
        var answer = new byte[status.Length];
        await ReadAsync(socket, answer);
        Assert.Equal(status, System.Text.Encoding.ASCII.GetString(answer));
    }

    [Fact]
    public async Task TooLongABody_IsRefused_OverEachVersion()
    {
        await using var app = await StartAsync();
        using var client = Client();
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var request = Request(app, version, new ByteArrayContent(new byte[MaxBody + 1]));
            using var response = await client.SendAsync(request, Stop);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        }
    }

    [Fact]
    public async Task CallThatIsGivenUp_EndsInTheApp()
    {
        await using var app = await StartAsync();
        using var client = Client();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var gate = app.Services.GetRequiredService<Gate>();
        using var request = Request(app, HttpVersion.Version20, null, "wait");
        var waiting = client.SendAsync(request, giveUp.Token);
        await gate.Entered.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await gate.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop);
    }

    [Fact]
    public async Task StoppingApp_EndsItsCalls_AndThenItsConnections()
    {
        await using var app = await StartAsync();
        using var client = Client();
        var gate = app.Services.GetRequiredService<Gate>();
        using var request = Request(app, HttpVersion.Version20, null, "wait");
        var waiting = client.SendAsync(request, Stop);
        await gate.Entered.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        using var idle = await ConnectAsync(app);
        var stopped = app.StopAsync(Stop);
        Assert.False(stopped.IsCompleted);
        gate.Leave.SetResult();
        using var response = await waiting;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await stopped.WaitAsync(TimeSpan.FromSeconds(20), Stop);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public async Task WhoSaysNothing_OrHalf_IsLetGo(int said)
    {
        await using var app = await StartAsync(TimeSpan.FromMilliseconds(300));
        using var socket = await ConnectAsync(app);
        await socket.SendAsync(Preface.AsMemory(0, said), Stop);
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], Stop));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<WebApplication> StartAsync(TimeSpan? patience = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("APP_PORT", "0")]);
        builder.Services.AddSingleton<Gate>().AddSingleton<Connections>();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.KeepAliveTimeout = patience ?? TimeSpan.FromMinutes(2));
        builder.AddAppListener(defaultPort: 1, MaxBody);
        var app = builder.Build();
        app.MapPost("/", async (HttpContext context, Connections connections) =>
        {
            connections.Ids.Add(context.Connection.Id);
            using var body = new StreamReader(context.Request.Body);
            return $"{context.Request.Protocol} {context.Connection.LocalPort} {await body.ReadToEndAsync(context.RequestAborted)}";
        });
        app.MapGet("/", () => "here");
        app.MapPost("/wait", async (HttpContext context, Gate gate) =>
        {
            gate.Entered.SetResult();
            try
            {
                await gate.Leave.Task.WaitAsync(context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                gate.Aborted.SetResult();
                throw;
            }
        });
        await app.StartAsync(Stop);
        return app;
    }

    private static HttpMessageInvoker Client() => new(new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = true });

    private static async Task<string> SayAsync(HttpMessageInvoker client, WebApplication app, Version version)
    {
        using var request = Request(app, version, new StringContent("hello"));
        using var response = await client.SendAsync(request, Stop);
        Assert.Equal(version, response.Version);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Stop);
    }

    private static HttpRequestMessage Request(WebApplication app, Version version, HttpContent? body, string path = "") =>
        new(HttpMethod.Post, $"http://127.0.0.1:{PortOf(app)}/{path}") { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = body };

    private static int PortOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host == "127.0.0.1" ? uri.Port : 0).Single(port => port != 0);

    private static async Task<Socket> ConnectAsync(WebApplication app)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, PortOf(app), Stop);
        return socket;
    }

    private static async Task ReadAsync(Socket socket, byte[] whole)
    {
        using var stream = new NetworkStream(socket);
        await stream.ReadExactlyAsync(whole, Stop);
    }

    private sealed class Gate
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Leave { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Connections
    {
        public System.Collections.Concurrent.ConcurrentBag<string> Ids { get; } = [];
    }
}
