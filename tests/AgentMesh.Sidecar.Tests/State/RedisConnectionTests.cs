using System.Diagnostics;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Tests.State;

public sealed class RedisConnectionTests
{
    private readonly LogList<RedisStateStore> _log = new();

    public RedisConnectionTests() => Assert.SkipUnless(RedisServer.IsInstalled, "redis-server is not on PATH.");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_CallsFailInBoundedTime_AndLaterOnesWork_WithNothingAcknowledgedLost()
    {
        await using var server = new RedisServer();
        await server.StartAsync();
        await using var store = await ConnectAsync($"127.0.0.1:{server.Port}");
        await store.TransactAsync([new StateOperation("k", [1])], Cancelled);

        await server.KillAsync();
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<StateStoreException>(() => store.TransactAsync([new StateOperation("k", [2])], Cancelled));
        await Assert.ThrowsAsync<StateStoreException>(async () => await store.GetAsync("k", Cancelled));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(12));

        await server.StartAsync();
        // The connection comes back on its own; a call waits for it up to its timeout.
        byte[]? value = null;
        for (var attempt = 0; attempt < 5 && value is null; attempt++)
        {
            try
            {
                value = (await store.GetAsync("k", Cancelled))?.Value;
            }
            catch (StateStoreException)
            {
                // not connected yet
            }
        }

        Assert.Equal([1], value!);
        await store.TransactAsync([new StateOperation("k", [3])], Cancelled);
        Assert.Equal([3], (await store.GetAsync("k", Cancelled))!.Value.Value);
    }

    [Fact]
    public async Task Connect_NobodyThere_FailsWithinTheTimeoutAndNamesTheServer()
    {
        var watch = Stopwatch.StartNew();
        var port = RedisServer.FreePort();
        var exception = await Assert.ThrowsAsync<StateStoreException>(() => ConnectAsync($"127.0.0.1:{port}"));
        Assert.Contains($"127.0.0.1:{port}", exception.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Connect_WrongPassword_Fails()
    {
        await using var server = new RedisServer("--requirepass", "right");
        await server.StartAsync();
        var options = RedisStoreOptions.FromMetadata(new Dictionary<string, string> { ["redisHost"] = $"127.0.0.1:{server.Port}", ["redisPassword"] = "wrong" });
        var exception = await Assert.ThrowsAsync<StateStoreException>(() => RedisStateStore.ConnectAsync(options, _log, Cancelled));
        Assert.DoesNotContain("wrong", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_PasswordAndDatabase_AreUsed()
    {
        await using var server = new RedisServer("--requirepass", "right");
        await server.StartAsync();
        var metadata = new Dictionary<string, string> { ["redisHost"] = $"127.0.0.1:{server.Port}", ["redisPassword"] = "right" };
        await using var zero = await RedisStateStore.ConnectAsync(RedisStoreOptions.FromMetadata(metadata), _log, Cancelled);
        metadata["redisDB"] = "2";
        await using var two = await RedisStateStore.ConnectAsync(RedisStoreOptions.FromMetadata(metadata), _log, Cancelled);
        await two.TransactAsync([new StateOperation("k", [1])], Cancelled);
        Assert.Null(await zero.GetAsync("k", Cancelled));
        Assert.NotNull(await two.GetAsync("k", Cancelled));
    }

    [Theory]
    [InlineData("--appendonly yes --appendfsync always", "")]
    [InlineData("--appendonly no --appendfsync always", "appendonly 'no'")]
    [InlineData("--appendonly yes --appendfsync everysec", "appendfsync 'everysec'")]
    [InlineData("--appendonly yes --appendfsync always --maxmemory-policy allkeys-lru", "maxmemory-policy 'allkeys-lru'")]
    [InlineData("--appendonly yes --appendfsync always --rename-command CONFIG hidden", "Could not check")]
    public async Task Connect_SettingsThatMayLoseData_AreWarnedOf(string settings, string warning)
    {
        await using var server = new RedisServer(settings.Split(' '));
        await server.StartAsync();
        await using var store = await ConnectAsync($"127.0.0.1:{server.Port}");
        if (warning.Length == 0)
            Assert.Empty(_log.Messages);
        else
            Assert.All(_log.Messages, message => Assert.True(message.StartsWith("Warning", StringComparison.Ordinal) && message.Contains(warning, StringComparison.Ordinal)));
        Assert.Equal(warning.Length == 0, _log.Messages.Count == 0);
    }

    private Task<RedisStateStore> ConnectAsync(string address) => RedisStateStore.ConnectAsync(RedisStoreOptions.Parse(address), _log, Cancelled);
}
