using System.Text;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.State;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Sidecar.Tests.PubSub;

public sealed class SqlitePubSubTests : PubSubBehavior, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-01-01T00:00:00Z", null));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Trim_RemovesWhatEveryGroupHasCompleted_AfterADay()
    {
        await using var store = Open();
        await using var broker = await OpenBrokerAsync(store);
        await using var one = await broker.OpenGroupAsync("t", "one", false, Token);
        await using var two = await broker.OpenGroupAsync("t", "two", false, Token);
        foreach (var text in (string[])["a", "b", "c"])
            await broker.PublishAsync("t", Message(text), Token);
        await broker.PublishAsync("unclaimed", Message("d"), Token);
        var first = await one.TakeAsync(10, Token);
        var second = await two.TakeAsync(10, Token);
        await one.CompleteAsync([.. first.Select(item => item.Id)], Token);
        await two.CompleteAsync([second[0].Id], Token);

        _time.Advance(SqliteTrim.KeepCompleted);
        await broker.TrimAsync(Token);
        Assert.Equal(4, await CountAsync("event"));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await broker.TrimAsync(Token);
        Assert.Equal(3, await CountAsync("event"));
    }

    [Fact]
    public async Task Trim_HoldsTheLengthThatIsAsked()
    {
        await using var store = Open();
        await using var broker = await OpenBrokerAsync(store, Settings("g") with { MaxLenApprox = 2 });
        for (var i = 0; i < 5; i++)
            await broker.PublishAsync("t", Message($"{i}"), Token);
        // Each topic by itself: one that has what is asked, one that has less, one that nobody reads.
        foreach (var topic in (string[])["a", "a", "b", "u", "u", "u"])
            await broker.PublishAsync(topic, Message(topic), Token);
        await broker.TrimAsync(Token);
        Assert.Equal(2 + 2 + 1 + 2, await CountAsync("event"));
        await using var group = await broker.OpenGroupAsync("t", "g", false, Token);
        Assert.Equal(["3", "4"], (await group.TakeAsync(10, Token)).Select(item => Encoding.UTF8.GetString(item.Message.Data)));
    }

    [Fact]
    public async Task TemporaryGroup_LeavesNothing_EvenWhenItsSidecarWasKilled()
    {
        await using var store = Open();
        await using (var broker = await OpenBrokerAsync(store))
        {
            await broker.PublishAsync("t", Message("a"), Token);
            await using (var gone = await broker.OpenGroupAsync("t", "graceful", true, Token))
                Assert.Single(await gone.TakeAsync(1, Token));
            Assert.Equal((0, 0), (await CountAsync("consumer"), await CountAsync("pending")));
            var killed = await broker.OpenGroupAsync("t", "killed", true, Token);
            Assert.Single(await killed.TakeAsync(1, Token));
            Assert.Equal((1, 1), (await CountAsync("consumer"), await CountAsync("pending")));
        }

        await using var next = await OpenBrokerAsync(store);
        Assert.Equal((0, 0), (await CountAsync("consumer"), await CountAsync("pending")));
    }

    [Fact]
    public async Task Consumer_NotSeenForAMonth_IsForgotten()
    {
        await using var store = Open();
        await using (var broker = await OpenBrokerAsync(store))
            await broker.OpenGroupAsync("t", "g", false, Token);
        _time.Advance(TimeSpan.FromDays(30));
        await using (await OpenBrokerAsync(store))
            Assert.Equal(1, await CountAsync("consumer"));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await using (await OpenBrokerAsync(store))
            Assert.Equal(0, await CountAsync("consumer"));
    }

    [Theory]
    [InlineData(1, "DROP TABLE reminder; ")]
    [InlineData(2, "")]
    public async Task OlderFile_GetsTheTables(int version, string alsoNew)
    {
        await Open().DisposeAsync();
        await using (var connection = await ConnectAsync())
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the text is the test's own
            command.CommandText = $"{alsoNew}DROP TABLE event; DROP TABLE consumer; DROP TABLE pending; UPDATE meta SET value = {version}";
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(Token);
        }

        await using var store = Open();
        await using var broker = await OpenBrokerAsync(store);
        await broker.PublishAsync("t", Message("a"), Token);
        Assert.Equal(1, await CountAsync("event"));
    }

    public void Dispose() => _folder.Dispose();

    private protected override Task<IStateStore> OpenStoreAsync() => Task.FromResult<IStateStore>(Open());

    private protected override PubSubSettings Settings(string consumer, bool isPerProcess = false) =>
        new("pubsub") { ConsumerId = consumer, IsPerProcess = isPerProcess };

    private static BrokerMessage Message(string text) => new(Encoding.UTF8.GetBytes(text), null);

    private SqliteStateStore Open() => SqliteStateStore.Open(_folder.Path, new LogList<SqliteStateStore>());

    private Task<SqliteBroker> OpenBrokerAsync(SqliteStateStore store, PubSubSettings? settings = null) =>
        SqliteBroker.OpenAsync(store, settings ?? Settings("g"), new LogList<SqliteBroker>(), _time, Token);

    private async Task<SqliteConnection> ConnectAsync()
    {
        var connection = new SqliteConnection($"Data Source={_folder.File("state.db")};Pooling=False");
        await connection.OpenAsync(Token);
        return connection;
    }

    private async Task<long> CountAsync(string table)
    {
        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // a name of the test's own
        command.CommandText = $"SELECT count(*) FROM {table}";
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }
}
