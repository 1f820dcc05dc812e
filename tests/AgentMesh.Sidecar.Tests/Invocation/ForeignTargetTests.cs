using System.Net.Sockets;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Invocation;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Tests.Invocation;

public sealed class ForeignTargetTests
{
    // The client's own limit on connecting ends in a cancellation that nobody asked for, and reached the caller as an empty 500; so did
    // the bare SocketException of a connection that was reset as soon as it was made.
    [Theory]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(SocketException))]
    public async Task Send_ToAHostThatDoesNotConnect_IsAConnectionFailure(Type fault)
    {
        using var client = new HttpMessageInvoker(new NeverConnects(fault));
        var target = new ForeignTarget(client, "http://host.example", []);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://host.example/x");

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => target.SendAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);
    }

    [Theory]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(SocketException))]
    public async Task Send_ToAnAppThatDoesNotConnect_IsAConnectionFailure(Type fault)
    {
        using var client = new HttpMessageInvoker(new NeverConnects(fault));
        using var channel = new AppChannel(new AppDefinition("app", 0, 1, 2, 3), null, client);
        using var request = channel.CreateRequest(HttpMethod.Get, "/x");

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => channel.SendAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);
    }

    [Fact]
    public async Task Send_WhoseCallerLeft_IsACancellation()
    {
        using var client = new HttpMessageInvoker(new NeverConnects(typeof(TaskCanceledException)));
        var target = new ForeignTarget(client, "http://host.example", []);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://host.example/x");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.SendAsync(request, new CancellationToken(true)));
    }

    private sealed class NeverConnects(Type fault) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw (Exception)Activator.CreateInstance(fault)!;
    }
}
