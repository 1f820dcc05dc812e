using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.Tests.Runtime;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Sidecar.Tests.PubSub;

public sealed class PubSubRuntimeTests
{
    [Theory]
    [InlineData(404, 0)]
    [InlineData(405, 0)]
    [InlineData(500, 1)]
    public async Task AppWithoutSubscribe_HasNoSubscriptions_AndOnlyAFailureIsLogged(int status, int messages)
    {
        await using var stub = await StubApp.StartAsync("{}");
        stub.Handler = (context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        var app = PubSubMesh.Define("app", stub.Port, new PubSubSettings("pubsub") { ConsumerId = "app" });
        using var log = new LogFactory();
        await using var store = new MemoryStore();
        await using var runtime = new PubSubRuntime([app], new HostDirectory(), new ResiliencyPolicies(TimeProvider.System), store, log, TimeProvider.System);
        using var channel = new AppChannel(app, null);
        Assert.Empty((await runtime.ReadSubscriptionsAsync(app, channel, TestContext.Current.CancellationToken))!);
        Assert.Equal(messages, log.Messages.Count);
    }

    private sealed class LogFactory : ILoggerFactory
    {
        private readonly LogList<PubSubRuntime> _log = new();

        public IReadOnlyCollection<string> Messages => _log.Messages;

        public ILogger CreateLogger(string categoryName) => _log;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
            // Holds nothing.
        }
    }
}
