using System.Text;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.Tests.Runtime;
using AgentMesh.Testing;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace AgentMesh.Sidecar.Tests.PubSub;

public sealed class RedisPubSubTests : PubSubBehavior, IAsyncLifetime
{
    private RedisServer? _server;
    private ConnectionMultiplexer? _connection;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IDatabase Redis => _connection!.GetDatabase();

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.TryStartAsync(Token);
        Assert.SkipWhen(_server is null, RedisServer.WhyNot);
        _connection = await ConnectionMultiplexer.ConnectAsync($"{_server!.Endpoint},allowAdmin=true");
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task Stream_HasDaprsFieldsAndGroup()
    {
        await using var broker = await OpenBrokerAsync();
        await broker.PublishAsync("t", Message("a", new Dictionary<string, string> { ["k"] = "v" }), Token);
        await broker.PublishAsync("t", Message("b", new Dictionary<string, string>()), Token);
        await broker.PublishAsync("t", Message("c", null), Token);
        Assert.Equal(
            ["data=a metadata={\"k\":\"v\"}", "data=b metadata={}", "data=c"],
            (await Redis.StreamRangeAsync("t")).Select(entry => string.Join(' ', entry.Values.Select(field => $"{field.Name}={field.Value}"))));

        await using var group = await broker.OpenGroupAsync("t", "g", false, Token);
        Assert.Equal(3, (await group.TakeAsync(10, Token)).Count);
        Assert.Equal("g", (await Redis.StreamGroupInfoAsync("t")).Single().Name);
        Assert.Equal("g", (await Redis.StreamConsumerInfoAsync("t", "g")).Single().Name);
    }

    [Fact]
    public async Task Group_IsMadeWithItsStream_AndAgainWhenItIsLost()
    {
        await using var broker = await OpenBrokerAsync();
        await using var group = await broker.OpenGroupAsync("t", "g", false, Token);
        Assert.True(await Redis.KeyExistsAsync("t"));
        await Redis.ExecuteAsync("FLUSHALL");
        await broker.PublishAsync("t", Message("a", null), Token);
        Assert.Single(await group.TakeAsync(10, Token));
    }

    [Fact]
    public async Task NotAcknowledged_IsClaimed_AfterTheProcessingTimeout()
    {
        await using var dead = await OpenBrokerAsync();
        var lost = await dead.OpenGroupAsync("t", "g", false, Token);
        await dead.PublishAsync("t", Message("a", null), Token);
        await dead.PublishAsync("t", Message("gone", null), Token);
        var taken = await lost.TakeAsync(10, Token);
        await Redis.StreamDeleteAsync("t", [taken[1].Id]);
        // As long as it lives it keeps what it has under way.
        await lost.DisposeAsync();

        await using var alive = await OpenBrokerAsync();
        await using var group = await alive.OpenGroupAsync("t", "g", false, Token);
        var claimed = Assert.Single(await group.TakeAsync(10, Token).WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Equal(taken[0].Id, claimed.Id);
        await group.CompleteAsync([claimed.Id], Token);
        await alive.PublishAsync("t", Message("b", null), Token);
        Assert.Equal("b", Encoding.UTF8.GetString((await group.TakeAsync(10, Token))[0].Message.Data));
        Assert.Equal(1, (await Redis.StreamPendingAsync("t", "g")).PendingMessageCount);
    }

    [Fact]
    public async Task Completion_ThatFails_LeavesTheEventToBeClaimedAgain()
    {
        await using var broker = await OpenBrokerAsync();
        await using var group = await broker.OpenGroupAsync("t", "g", false, Token);
        await broker.PublishAsync("t", Message("a", null), Token);
        var taken = await group.TakeAsync(1, Token);
        await Redis.KeyRenameAsync("t", "hidden");
        await Redis.StringSetAsync("t", "no stream");
        await Assert.ThrowsAsync<StateStoreException>(() => group.CompleteAsync([taken[0].Id], Token));
        await Redis.KeyRenameAsync("hidden", "t");
        Assert.Equal(taken[0].Id, (await group.TakeAsync(1, Token).WaitAsync(TimeSpan.FromSeconds(20), Token))[0].Id);
    }

    [Fact]
    public async Task Failure_IsAcknowledgedToo()
    {
        await using var app = await EventApp.StartAsync("""[{"pubsubName":"pubsub","topic":"orders","route":"orders"},{"pubsubName":"pubsub","topic":"after","route":"after"}]""");
        app.Answer = (context, received) =>
        {
            context.Response.StatusCode = received.Path == "/orders" ? 500 : 200;
            return Task.CompletedTask;
        };
        await using var mesh = await PubSubMesh.StartAsync(new MemoryStore(), Define(app));
        await mesh.ConnectAsync();
        await mesh.PublishAsync("1");
        await app.NextAsync();
        // The broker's own signal that nothing is pending any more.
        while ((await Redis.StreamPendingAsync("orders", "app")).PendingMessageCount > 0)
            await mesh.PublishAsync("x", "after");
    }

    [Fact]
    public async Task MaxLenApprox_TrimsTheStream()
    {
        await using var broker = await OpenBrokerAsync(Settings("g") with { MaxLenApprox = 10 });
        for (var i = 0; i < 500; i++)
            await broker.PublishAsync("t", Message("a", null), Token);
        Assert.InRange(await Redis.StreamLengthAsync("t"), 10, 300);
    }

    [Fact]
    public async Task TemporaryGroup_GoesWithItsSidecar()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-01-01T00:00:00Z", null));
        await using (var broker = await OpenBrokerAsync(time: time))
        {
            await using (await broker.OpenGroupAsync("t", "graceful", true, Token))
                Assert.Single(await Redis.StreamGroupInfoAsync("t"));
            Assert.Empty(await Redis.StreamGroupInfoAsync("t"));
            await broker.OpenGroupAsync("t", "killed", true, Token);
        }

        time.Advance(TimeSpan.FromMinutes(9));
        await using (await OpenBrokerAsync(time: time))
            Assert.Single(await Redis.StreamGroupInfoAsync("t"));
        time.Advance(TimeSpan.FromMinutes(1));
        await using (await OpenBrokerAsync(time: time))
            Assert.Empty(await Redis.StreamGroupInfoAsync("t"));
    }

    private protected override Task<IStateStore> OpenStoreAsync() => Task.FromResult<IStateStore>(new MemoryStore());

    private protected override PubSubSettings Settings(string consumer, bool isPerProcess = false) => new("pubsub")
    {
        ConsumerId = consumer,
        IsPerProcess = isPerProcess,
        Redis = RedisStoreOptions.Parse(_server!.Endpoint),
        ProcessingTimeout = TimeSpan.FromMilliseconds(50),
        RedeliverInterval = TimeSpan.FromMilliseconds(50),
    };

    private static BrokerMessage Message(string text, Dictionary<string, string>? metadata) => new(Encoding.UTF8.GetBytes(text), metadata);

    private Task<RedisBroker> OpenBrokerAsync(PubSubSettings? settings = null, TimeProvider? time = null) =>
        RedisBroker.ConnectAsync(settings ?? Settings("g"), new LogList<RedisBroker>(), time ?? TimeProvider.System, Token);
}
