using AgentMesh.Sidecar.Invocation;

namespace AgentMesh.Sidecar.Tests.Invocation;

public sealed class ForeignTargetTests
{
    // The client's own limit on connecting ends in a cancellation that nobody asked for, and reached the caller as an empty 500.
    [Fact]
    public async Task Send_ToAHostThatDoesNotAcceptInTime_IsAConnectionFailure()
    {
        using var client = new HttpMessageInvoker(new NeverConnects());
        var target = new ForeignTarget(client, "http://host.example", []);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://host.example/x");

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => target.SendAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);
    }

    [Fact]
    public async Task Send_WhoseCallerLeft_IsACancellation()
    {
        using var client = new HttpMessageInvoker(new NeverConnects());
        var target = new ForeignTarget(client, "http://host.example", []);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://host.example/x");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.SendAsync(request, new CancellationToken(true)));
    }

    private sealed class NeverConnects : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new TaskCanceledException("the connection was not made in time", new TimeoutException());
    }
}
