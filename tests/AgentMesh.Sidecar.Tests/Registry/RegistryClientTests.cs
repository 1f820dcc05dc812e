using AgentMesh.Sidecar.Registry;
using AgentMesh.Sidecar.State;
using AgentMesh.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace AgentMesh.Sidecar.Tests.Registry;

/// <summary>The registry's script on a real Redis.</summary>
public sealed class RegistryClientTests : IAsyncLifetime
{
    private RedisServer? _server;
    private RegistryClient? _registry;
    private ConnectionMultiplexer? _redis;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RegistryClient Registry => _registry!;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.TryStartAsync(Token);
        Assert.SkipWhen(_server is null, RedisServer.WhyNot);
        _registry = await RegistryClient.ConnectAsync(RedisStoreOptions.Parse(_server!.Endpoint), "ns", Token);
        _redis = await ConnectionMultiplexer.ConnectAsync($"{_server.Endpoint},allowAdmin=true");
    }

    public async ValueTask DisposeAsync()
    {
        if (_registry is not null)
            await _registry.DisposeAsync();
        if (_redis is not null)
            await _redis.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task EachChangeOfMembers_IsAnEpoch_AndIsSettledWhenAllHaveAcknowledged()
    {
        var first = await JoinAsync("a");
        Assert.True(first.IsSettled); // nobody else has anything to leave
        var second = await JoinAsync("b");
        Assert.Equal(first.Epoch + 1, second.Epoch);
        Assert.False(second.IsSettled);

        Assert.False((await LookAsync("a", first.Epoch)).IsSettled);
        Assert.True((await LookAsync("a", second.Epoch)).IsSettled);

        var left = await Registry.RunAsync(RegistryScript.Leave, Member("b"), 0, Token);
        Assert.Equal(second.Epoch + 1, left.Epoch);
        Assert.Equal("a", Assert.Single(left.Members).Member.Id);
        Assert.False(left.IsSettled);
    }

    [Fact]
    public async Task ChangedTypes_AreAnEpochThatTheMemberItselfHasToAcknowledge()
    {
        var joined = await JoinAsync("a");
        var changed = await Registry.RunAsync(RegistryScript.Change, Member("a") with { ActorTypes = [] }, joined.Epoch, Token);
        Assert.Equal(joined.Epoch + 1, changed.Epoch);
        Assert.Empty(Assert.Single(changed.Members).Member.ActorTypes);
        Assert.False(changed.IsSettled);
    }

    [Fact]
    public async Task Join_TakesThePlaceOfTheSameInstance()
    {
        await JoinAsync("old", "host/app/3500");
        var state = await JoinAsync("new", "host/app/3500");
        Assert.Equal("new", Assert.Single(state.Members).Member.Id);
        Assert.DoesNotContain((await LookAsync("old", state.Epoch)).Members, member => member.Member.Id == "old");
    }

    [Fact]
    public async Task Member_WhoseLeaseIsOver_IsRemoved_AndIsNotTakenBack()
    {
        await JoinAsync("a");
        var before = await JoinAsync("b");
        await ExpireAsync("a");
        var after = await LookAsync("b", before.Epoch);
        Assert.Equal("b", Assert.Single(after.Members).Member.Id);
        Assert.Equal(before.Epoch + 1, after.Epoch);
        var itself = await LookAsync("a", after.Epoch);
        Assert.DoesNotContain(itself.Members, member => member.Member.Id == "a");
    }

    [Fact]
    public async Task Observer_SeesAndIsNoMember()
    {
        await JoinAsync("a");
        var state = await Registry.RunAsync(RegistryScript.Look, null, 0, Token);
        Assert.Equal(Member("a").ToString(), Assert.Single(state.Members).Member.ToString());
        Assert.InRange(state.Members[0].Left, TimeSpan.FromMilliseconds(1), MemberLease.Duration);
    }

    [Fact]
    public async Task Epoch_RisesAlsoWhenTheRegistryIsLost()
    {
        var before = await JoinAsync("a");
        await _redis!.GetDatabase().ExecuteAsync("FLUSHALL");
        Assert.Empty((await LookAsync("a", before.Epoch)).Members);
        Assert.True((await JoinAsync("a2")).Epoch > before.Epoch);
    }

    [Fact]
    public async Task Changes_AreAnnounced()
    {
        var announced = new SemaphoreSlim(0);
        await Registry.SubscribeAsync(() => announced.Release());
        var state = await JoinAsync("a");
        Assert.True(await announced.WaitAsync(TimeSpan.FromSeconds(30), Token));
        await LookAsync("a", state.Epoch);
        await LookAsync("a", state.Epoch + 1);
        Assert.True(await announced.WaitAsync(TimeSpan.FromSeconds(30), Token));
    }

    [Fact]
    public async Task LateWrite_OfAMemberThatIsNoneAnyMore_IsRefused()
    {
        await JoinAsync("a");
        await using var store = await RedisStateStore.ConnectAsync(RedisStoreOptions.Parse(_server!.Endpoint), NullLogger<RedisStateStore>.Instance, Token);
        StateOperation[] write = [new("app||T||1||k", "1"u8.ToArray())];
        await store.TransactAsync(write, new StateFence(Registry.Members, "a"), Token);
        await ExpireAsync("a");
        await LookAsync("b", 0);

        StateOperation[] late = [new("app||T||1||k", "2"u8.ToArray())];
        var refused = await Assert.ThrowsAsync<StateStoreException>(() => store.TransactAsync(late, new StateFence(Registry.Members, "a"), Token));
        Assert.Contains("gone to another sidecar", refused.Message, StringComparison.Ordinal);
        Assert.Equal("1"u8.ToArray(), (await store.GetAsync("app||T||1||k", Token))!.Value.Value);
    }

    private static Member Member(string id, string? instance = null) => new(id, "app", instance ?? id, 1234, "secret", ["T"]);

    private Task<RegistryState> JoinAsync(string id, string? instance = null) => Registry.RunAsync(RegistryScript.Join, Member(id, instance), 0, Token);

    private Task<RegistryState> LookAsync(string id, long acknowledged) => Registry.RunAsync(RegistryScript.Look, Member(id), acknowledged, Token);

    // As three seconds without a heartbeat do.
    private Task<bool> ExpireAsync(string id) => _redis!.GetDatabase().SortedSetAddAsync(Registry.Members, id, 1);
}
