using System.Collections.Immutable;
using AgentMesh.ActorHost.Publishing;
using AgentMesh.Agents.Events;
using AgentMesh.Contracts.Agents;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.Testing;
using Dapr.Actors.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests.Publishing;

/// <summary>The publisher by itself: what goes out together, what happens to what is not taken, and how much it keeps.</summary>
public sealed class EventPublisherTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly AgentFeed _alice = new("default:alice", Start, 0);
    private readonly AgentFeed _bob = new("default:bob", Start, 0);
    private readonly List<EventPublisher> _publishers = [];
    private FakeActorState _state = null!;

    public async ValueTask InitializeAsync() => _state = await FakeActorState.StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var publisher in _publishers)
            publisher.Dispose();
        await _state.DisposeAsync();
    }

    [Fact]
    public async Task WhatGathersInTheInterval_GoesOutTogether_OverAllAgents_InBatches()
    {
        var publisher = Create(new EventOptions { BatchSize = 3 });
        publisher.Take(_alice, Events(1, 2));
        publisher.Take(_bob, Events(1, 4));
        publisher.Take(_alice, Events(3, 1));
        await publisher.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal([3, 3, 1], await CallsAsync(3));
        Assert.Equal(
            ["default:alice 1", "default:alice 2", "default:bob 1", "default:bob 2", "default:bob 3", "default:bob 4", "default:alice 3"], await TakenAsync(7));
        await HostUnderTest.UntilAsync(() => Task.FromResult((_alice.Published, _bob.Published) == (3, 4)));
    }

    [Fact]
    public async Task EntriesThatFail_AreTriedAgain_AloneAndBeforeWhatComesLater()
    {
        var publisher = Create(new EventOptions { BatchSize = 3 });
        _state.Bulk.Fails = (n, _) => n == 1;
        publisher.Take(_alice, Events(1, 4));
        await publisher.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, await CallAsync());
        Assert.Equal(0, _alice.Published);
        _state.Bulk.Fails = null;
        Assert.Equal([1, 1], await CallsAsync(2));
        Assert.Equal(["default:alice 1", "default:alice 3", "default:alice 2", "default:alice 4"], await TakenAsync(4));
        await HostUnderTest.UntilAsync(() => Task.FromResult(_alice.Published == 4));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(403)]
    [InlineData(500)]
    public async Task CallThatFails_IsMadeAgainUntilItWorks(int status)
    {
        var publisher = Create(new EventOptions());
        _state.Bulk.Status = status;
        publisher.Take(_alice, Events(1, 2));
        await publisher.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal([2, 2, 2], await CallsAsync(3));
        _state.Bulk.Status = null;
        await CallAsync();
        Assert.Equal(["default:alice 1", "default:alice 2"], await TakenAsync(2));
    }

    [Fact]
    public async Task MemoryIsBounded_WhatDoesNotFitIsAskedForLater()
    {
        using var app = new HttpClient { BaseAddress = _state.Address };
        _state.App = app;
        _state.BeforeInvoke = _ => Task.FromResult(false);
        var publisher = Create(new EventOptions { QueueSize = 500, BatchSize = 250 });
        publisher.Take(_alice, Events(1, 500));
        publisher.Take(_bob, Events(1, 1));
        publisher.Take(_bob, Events(2, 1));
        publisher.TakeErased("default:carol", Start);
        Assert.Equal((500, false), (_alice.Handed, _alice.IsBehind));
        Assert.Equal((0, true), (_bob.Handed, _bob.IsBehind));
        await publisher.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal([250, 250], await CallsAsync(2));
        await HostUnderTest.UntilAsync(() => Task.FromResult(!_bob.IsBehind));
        // It was not reached, and is not asked for ever: its reminder comes, and so does its next message.
        await HostUnderTest.UntilAsync(() => Task.FromResult(_state.TakeInvoked() is ["AgentActor/default:bob/HandEvents"]));
        publisher.Take(_bob, Events(3, 1));
        Assert.True(_bob.IsBehind);
    }

    [Fact]
    public void GapIsNotPublished_UntilTheLogHasFilledIt()
    {
        var publisher = Create(new EventOptions());
        publisher.Take(_alice, Events(1, 2));
        publisher.Take(_alice, Events(5, 2));
        Assert.Equal((2, true), (_alice.Handed, _alice.IsBehind));
        publisher.Take(_alice, Events(7, 1));
        Assert.Equal((2, true), (_alice.Handed, _alice.IsBehind));
        publisher.Take(_alice, new EventSlice(Events(3, 3), 1, 7));
        Assert.Equal((5, true), (_alice.Handed, _alice.IsBehind));
        publisher.Take(_alice, new EventSlice(Events(6, 2), 1, 7));
        Assert.Equal((7, false), (_alice.Handed, _alice.IsBehind));
        publisher.Take(_alice, Events(8, 1));
        Assert.Equal((8, false), (_alice.Handed, _alice.IsBehind));
    }

    [Fact]
    public async Task LogThatWasSetBack_IsPublishedAgain()
    {
        var publisher = Create(new EventOptions());
        publisher.Take(_alice, Events(1, 4));
        publisher.Take(_alice, Events(3, 1));
        Assert.Equal(3, _alice.Handed);
        await publisher.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(5, await CallAsync());
        await HostUnderTest.UntilAsync(() => Task.FromResult(_alice.Published == 3));
    }

    [Fact]
    public async Task Shutdown_PublishesWhatIsLeft()
    {
        var publisher = Create(new EventOptions());
        publisher.Take(_alice, Events(1, 1));
        await publisher.StartAsync(TestContext.Current.CancellationToken);
        await CallAsync();
        // What has been taken and not been answered would be published once more.
        await HostUnderTest.UntilAsync(() => Task.FromResult(_alice.Published == 1));
        // The clock stands now, and the interval is not over.
        publisher.Take(_alice, Events(2, 2));
        await publisher.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["default:alice 1", "default:alice 2", "default:alice 3"], await TakenAsync(3));
        Assert.Equal(3, _alice.Published);
    }

    [Fact]
    public async Task Shutdown_BehindEventsThatAreNotTaken_CountsNothingAsPublished()
    {
        var publisher = Create(new EventOptions { BatchSize = 2 });
        _state.Bulk.Status = 503;
        publisher.Take(_alice, Events(1, 4));
        await publisher.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, await CallAsync());
        await publisher.StopAsync(TestContext.Current.CancellationToken);
        // One try more of the same ones, and none of those behind them.
        Assert.Equal(2, await CallAsync());
        Assert.False(_state.Bulk.Calls.TryRead(out _));
        Assert.Equal(0, _alice.Published);
    }

    private EventPublisher Create(EventOptions options)
    {
        var sidecar = new SidecarOptions(_state.Address.ToString().TrimEnd('/'), null, null);
        var publisher = new EventPublisher(
            new BulkPublish(sidecar, NullLogger<BulkPublish>.Instance), options,
            new ActorProxyFactory(new ActorProxyOptions { HttpEndpoint = sidecar.HttpEndpoint }), _time, NullLogger<EventPublisher>.Instance);
        _publishers.Add(publisher);
        return publisher;
    }

    private static ImmutableArray<LoggedEvent> Events(long first, int count) =>
        [.. Enumerable.Range(0, count).Select(n => new LoggedEvent(first + n, new FactEntry("default", Start, EventTypes.Unfrozen, "{}"), null))];

    /// <summary>The number of entries of the next call, however long the publisher waits for it.</summary>
    private async Task<int> CallAsync()
    {
        var call = _state.Bulk.Calls.ReadAsync(TestContext.Current.CancellationToken).AsTask();
        await HostUnderTest.UntilAsync(() =>
        {
            if (!call.IsCompleted)
                _time.Advance(TimeSpan.FromMilliseconds(100));
            return Task.FromResult(call.IsCompleted);
        });
        return await call;
    }

    private async Task<List<int>> CallsAsync(int count)
    {
        var calls = new List<int>();
        while (calls.Count < count)
            calls.Add(await CallAsync());
        return calls;
    }

    private async Task<List<string>> TakenAsync(int count)
    {
        var taken = new List<string>();
        while (taken.Count < count)
        {
            var data = (await _state.Bulk.Taken.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).GetProperty("data");
            taken.Add($"{data.GetProperty("agent").GetString()} {data.GetProperty("seq").GetInt64()}");
        }

        return taken;
    }
}
