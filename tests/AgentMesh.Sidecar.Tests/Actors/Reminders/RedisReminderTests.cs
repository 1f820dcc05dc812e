using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.Tests.Runtime;
using AgentMesh.Sidecar.Tests.State;

namespace AgentMesh.Sidecar.Tests.Actors.Reminders;

public sealed class RedisReminderTests : ReminderStoreBehavior, IClassFixture<RedisServer>
{
    private readonly RedisServer _server;

    public RedisReminderTests(RedisServer server)
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "redis-server is not on PATH.");
        _server = server;
    }

    [Fact]
    public async Task Layout()
    {
        await using var store = await OpenAsync();
        await RemindersOf(store).SaveAsync(NewReminder("1", "r", DateTimeOffset.FromUnixTimeMilliseconds(5)), true, Token);
        await using var connection = await _server.ConnectAsync();
        Assert.Equal(["body", "revision"], (await connection.GetDatabase().HashKeysAsync("agentmesh:rem:default||T||1||r")).Select(field => field.ToString()).Order());
        Assert.Equal(5, await connection.GetDatabase().SortedSetScoreAsync("agentmesh:rem-due:default||T", "T||1||r"));
    }

    [Fact]
    public async Task Lease_IsHeldByOne_AndGivenUp()
    {
        await using var store = await OpenAsync();
        var (one, two) = (store.OpenReminders("default", "one")!, store.OpenReminders("default", "two")!);
        Assert.True(await one.HoldLeaseAsync("T", TimeSpan.FromMinutes(1), Token));
        Assert.True(await one.HoldLeaseAsync("T", TimeSpan.FromMinutes(1), Token));
        Assert.False(await two.HoldLeaseAsync("T", TimeSpan.FromMinutes(1), Token));
        Assert.True(await two.HoldLeaseAsync("U", TimeSpan.FromMinutes(1), Token));
        await two.ReleaseLeaseAsync("T", Token);
        Assert.False(await two.HoldLeaseAsync("T", TimeSpan.FromMinutes(1), Token));
        await one.ReleaseLeaseAsync("T", Token);
        Assert.True(await two.HoldLeaseAsync("T", TimeSpan.FromMilliseconds(20), Token));
        await UntilAsync(() => one.HoldLeaseAsync("T", TimeSpan.FromMinutes(1), Token));
    }

    [Fact]
    public async Task TwoSidecarsOnOneRedis_FireEachTickOnce()
    {
        await using var store = await OpenAsync();
        await using var other = await OpenAsync(flush: false);
        await using var app = await ReminderApp.StartAsync();
        await using var one = await SidecarHarness.StartAsync(app.App, store: store);
        await using var two = await SidecarHarness.StartAsync(app.App, store: other);
        for (var i = 0; i < 20; i++)
            await RegisterAsync(i % 2 == 0 ? one : two, $"{i}", "r", """{"dueTime":"100ms","period":"R5/PT1S"}""");
        for (var i = 0; i < 20; i++)
            await GoneAsync(store, $"{i}", "r");
        Assert.Equal(100, app.App.Calls("PUT").Count());
    }

    private protected override Task<IStateStore> OpenAsync() => OpenAsync(flush: true);

    private async Task<IStateStore> OpenAsync(bool flush)
    {
        if (flush)
        {
            await using var connection = await _server.ConnectAsync();
            await connection.GetServers()[0].FlushAllDatabasesAsync();
        }

        return await RedisStateStore.ConnectAsync(RedisStoreOptions.Parse($"127.0.0.1:{_server.Port}"), new LogList<RedisStateStore>(), Token);
    }
}
