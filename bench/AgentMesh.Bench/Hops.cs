using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AgentMesh.Bench;

/// <summary>
/// A message's way and nothing else: bare Kestrel processes in the places of gateway, sidecar and agents, which hand bodies of a message's sizes on over the same
/// four exchanges. What it takes is this machine's price of the hops, at this hour; the mesh is measured beside it.
/// </summary>
internal sealed class Hops : ILoaded, IAsyncDisposable
{
    /// <summary>The first argument of a process of it.</summary>
    public const string Argument = "hop";

    private const int AnswerBytes = 250;
    private const int StateBytes = 2_500;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Process> _processes = [];

    private Hops(Uri gateway) => Gateway = gateway;

    public Uri Gateway { get; }

    public IReadOnlyDictionary<string, CpuTime> Cpu() => _processes.ToDictionary(process => process.Key, process => ProcessUsage.Cpu(process.Value.Id));

    /// <summary>Starts the three.</summary>
    /// <param name="isHttp2">Between them is h2c; a client always has HTTP/1.1.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Hops> StartAsync(bool isHttp2, CancellationToken cancellationToken)
    {
        int[] ports = [.. Enumerable.Range(0, 3).Select(_ => FreePort())];
        var hops = new Hops(Address(ports[0]));
        foreach (var (role, port, next) in new[] { ("agents", ports[2], ports[1]), ("sidecar", ports[1], ports[2]), ("gateway", ports[0], ports[1]) })
        {
            string[] arguments = [typeof(Hops).Assembly.Location, Argument, role, Text(port), Text(next), isHttp2 ? "2" : "1"];
            hops._processes[role] = Process.Start(new ProcessStartInfo("dotnet", arguments))!;
            await ListensAsync(port, cancellationToken);
        }

        return hops;
    }

    /// <summary>Is one of the processes, until it is ended.</summary>
    /// <param name="arguments">Its role, its port, the next one's, and the version of HTTP between them.</param>
    public static async Task ServeAsync(string[] arguments)
    {
        var (role, port, next, isHttp2) = (arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture), Address(int.Parse(arguments[2], CultureInfo.InvariantCulture)), arguments[3] == "2");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.UnsafePreferInlineScheduling = role == "sidecar").ConfigureKestrel(kestrel => kestrel.ListenLocalhost(
            port, listen => listen.Protocols = isHttp2 && role != "gateway" ? HttpProtocols.Http2 : HttpProtocols.Http1));
        await using var app = builder.Build();
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
        var (answer, state) = (new byte[AnswerBytes], new byte[StateBytes]);
        app.Run(async context =>
        {
            var body = await ReadAsync(context.Request);
            var isState = context.Request.Path == "/state";
            if (role == "agents")
                await SendAsync(client, new Uri(next, "state"), state, isHttp2, context.RequestAborted);
            else if (!isState)
                await SendAsync(client, new Uri(next, "call"), body, isHttp2, context.RequestAborted);
            var length = isState ? 0 : AnswerBytes;
            context.Response.ContentLength = length;
            await context.Response.Body.WriteAsync(answer.AsMemory(0, length));
        });
        await app.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private static async Task SendAsync(HttpMessageInvoker client, Uri to, byte[] body, bool isHttp2, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, to)
        {
            Content = new ByteArrayContent(body),
            Version = isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.SendAsync(request, cancellationToken);
        await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellationToken);
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        var body = new byte[(int)(request.ContentLength ?? 0)];
        await request.Body.ReadExactlyAsync(body);
        return body;
    }

    private static async Task ListensAsync(int port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartTimeout);
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, limit.Token);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Uri Address(int port) => new($"http://127.0.0.1:{Text(port)}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
