using System.Net;
using System.Net.Sockets;
using AgentMesh.Cli.CrashTesting.Breaking;
using AgentMesh.Cli.Meshes;
using AgentMesh.CrashKit.Seeds;

namespace AgentMesh.Cli.Tests.CrashTesting;

/// <summary>What clients see of the proxy: a load balancer whose connections are cut.</summary>
public sealed class ChaosProxyTests
{
    private static CancellationToken Canceled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connection_GoesToTheNextGatewayThatTakesIt()
    {
        await using var gateway = await StubGateway.StartAsync(200, "here");
        await using var proxy = Make([new DnsEndPoint("127.0.0.1", UnusedPort()), EndOf(gateway)]);
        for (var n = 0; n < 3; n++)
        {
            using var client = ClientOf(proxy);
            Assert.Equal("here", await client.GetStringAsync(new Uri("http://example.org/"), Canceled));
        }
    }

    [Fact]
    public async Task Cut_EndsWhatIsUnderWay_AndTheNextConnectionWorks()
    {
        var (arrived, isFirst) = (new TaskCompletionSource(), 1);
        await using var gateway = await StubGateway.StartAsync(async (context, _) =>
        {
            if (Interlocked.Exchange(ref isFirst, 0) == 0)
            {
                await StubGateway.WriteAsync(context, 200, "again");
                return;
            }

            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var proxy = Make([EndOf(gateway)]);
        using var client = ClientOf(proxy);
        var waiting = client.GetStringAsync(new Uri("http://example.org/"), Canceled);
        await arrived.Task.WaitAsync(TestTerminal.Limit, Canceled);
        Assert.Equal(1, proxy.Cut());
        await Assert.ThrowsAsync<HttpRequestException>(() => waiting.WaitAsync(TestTerminal.Limit, Canceled));
        Assert.Equal("again", await client.GetStringAsync(new Uri("http://example.org/"), Canceled));
    }

    [Fact]
    public async Task NobodyThere_IsAConnectionThatIsLost()
    {
        await using var proxy = Make([new DnsEndPoint("127.0.0.1", UnusedPort())]);
        using var client = ClientOf(proxy);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri("http://example.org/"), Canceled));
    }

    [Fact]
    public async Task SlowConnections_CarryTheSame()
    {
        await using var gateway = await StubGateway.StartAsync(200, new string('x', 100_000));
        await using var proxy = Make([EndOf(gateway)]);
        proxy.IsSlow = true;
        using var client = ClientOf(proxy);
        Assert.Equal(100_000, (await client.GetStringAsync(new Uri("http://example.org/"), Canceled)).Length);
    }

    private static ChaosProxy Make(IReadOnlyList<DnsEndPoint> gateways) => new(() => gateways, new SeededRandom(1), TimeProvider.System);

    private static HttpClient ClientOf(ChaosProxy proxy) => new(proxy.Through(LocalHttp.CreateHandler(new Uri("http://example.org"))));

    private static DnsEndPoint EndOf(StubGateway gateway) => new(new Uri(gateway.Url).Host, new Uri(gateway.Url).Port);

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
