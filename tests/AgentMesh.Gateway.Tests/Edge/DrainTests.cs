using System.Net.Sockets;
using System.Text;
using AgentMesh.Gateway.Edge.Draining;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Edge;

/// <summary>The end of a gateway: nobody is cut off who has asked, or is about to.</summary>
public sealed class DrainTests
{
    private const string Get = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static DrainOptions Options { get; } = new();

    [Fact]
    public async Task End_TakesNoConnection_AnswersOnThoseThereAre_AndTellsThemToClose()
    {
        var time = new FakeTimeProvider();
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var gateway = new GatewayServer(sidecar, time) { Drains = true }.OnKestrel();
        using var asks = await ConnectAsync(gateway.Port);
        using var idles = await ConnectAsync(gateway.Port);
        Assert.DoesNotContain("Connection:", await ExchangeAsync(asks), StringComparison.Ordinal);
        Assert.DoesNotContain("Connection:", await ExchangeAsync(idles), StringComparison.Ordinal);

        var stopping = gateway.StopAsync();
        // Refused is the first that is seen of it.
        while (await IsAcceptedAsync(gateway.Port))
            Assert.False(stopping.IsCompleted);
        var answer = await ExchangeAsync(asks);
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(0, await asks.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.False(stopping.IsCompleted);

        // Nothing is asked any more.
        while (!stopping.IsCompleted)
        {
            time.Advance(Options.Quiet);
            await Task.WhenAny(stopping, Task.Delay(10, TestContext.Current.CancellationToken));
        }

        await stopping;
        Assert.Equal(0, await idles.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_AConnection_NothingIsWaitedFor()
    {
        var drain = DrainOf(new FakeTimeProvider());
        drain.Open();
        drain.Close();
        await drain.StoppingAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task LastConnectionThatIsClosed_EndsIt()
    {
        var drain = DrainOf(new FakeTimeProvider());
        drain.Open();
        drain.Open();
        var stopping = drain.StoppingAsync(TestContext.Current.CancellationToken);
        drain.Close();
        Assert.False(stopping.IsCompleted);
        drain.Close();
        await stopping;
    }

    [Fact]
    public async Task RequestThatRuns_IsWaitedFor_ButNotForEver()
    {
        var time = new FakeTimeProvider();
        var drain = DrainOf(time);
        drain.Open();
        drain.Begin();
        var stopping = drain.StoppingAsync(TestContext.Current.CancellationToken);
        for (var waited = Options.Quiet; waited < Options.Longest; waited += Options.Quiet)
        {
            time.Advance(Options.Quiet);
            Assert.False(stopping.IsCompleted);
        }

        time.Advance(Options.Quiet);
        await stopping;
    }

    private static Drain DrainOf(FakeTimeProvider time) => new(Microsoft.Extensions.Options.Options.Create(Options), time);

    private static async Task<TcpClient> ConnectAsync(int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
        return client;
    }

    private static async Task<bool> IsAcceptedAsync(int port)
    {
        try
        {
            using var client = await ConnectAsync(port);
            return true;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }

    private static async Task<string> ExchangeAsync(TcpClient client)
    {
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Get), TestContext.Current.CancellationToken);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (!answer.ToString().EndsWith("ok\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, read);
            answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return answer.ToString();
    }
}
