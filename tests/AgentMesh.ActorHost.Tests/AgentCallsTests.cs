namespace AgentMesh.ActorHost.Tests;

/// <summary>How many calls to the sidecar a turn costs. A store's round trip is most of a message's time.</summary>
public sealed class AgentCallsTests
{
    private const string Alice = "default:alice";

    [Fact]
    public async Task FirstMessageOfAnAgent_ReadsHeadAndItsPage_AndStoresBothAtOnce()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Equal(["GET head", "GET page:default:1", "GET events:1", "PUT head page:default:1 events:1"], host.State.TakeCalls());
    }

    [Fact]
    public async Task MessageOnAnActiveAgent_IsOnePut()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        host.State.TakeCalls();
        for (var n = 2; n <= 8; n++)
        {
            await host.PostAsync(Alice, "hello", $"r{n}");
            Assert.Equal(["PUT head page:default:1 events:1"], host.State.TakeCalls());
        }
    }

    [Fact]
    public async Task MessageThatOpensAPage_CostsOneReadMore_OnceInEightExchanges()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 1; n <= 8; n++)
            await host.PostAsync(Alice, "hello", $"r{n}");
        host.State.TakeCalls();
        await host.PostAsync(Alice, "hello", "r9");
        Assert.Equal(["GET page:default:2", "PUT head events:1 page:default:2"], host.State.TakeCalls());
        await host.PostAsync(Alice, "hello", "r10");
        Assert.Equal(["PUT head events:1 page:default:2"], host.State.TakeCalls());
    }

    [Fact]
    public async Task MessageThatOpensAPageOfEvents_CostsOneReadMore_OnceIn32Exchanges()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 1; n <= 32; n++)
            await host.PostAsync(Alice, "hello", $"r{n}");
        host.State.TakeCalls();
        await host.PostAsync(Alice, "hello", "r33");
        Assert.Equal(["GET page:default:5", "GET events:2", "PUT head events:2 page:default:5"], host.State.TakeCalls());
        await host.PostAsync(Alice, "hello", "r34");
        Assert.Equal(["PUT head events:2 page:default:5"], host.State.TakeCalls());
    }

    [Fact]
    public async Task FirstMessageOfAnActivation_ReadsHeadAndOpenPages()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await host.DeactivateAsync(Alice);
        host.State.TakeCalls();
        await host.PostAsync(Alice, "hello", "r2");
        Assert.Equal(["GET head", "GET page:default:1", "GET events:1", "PUT head page:default:1 events:1"], host.State.TakeCalls());
    }

    [Fact]
    public async Task ExchangeOverTwoPages_StoresBothInOneTransaction()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        host.State.TakeCalls();
        await host.PostAsync(Alice, new string('a', 20_000), "r2");
        Assert.Equal(["GET page:default:2", "GET page:default:3", "PUT head events:1 page:default:2 page:default:3"], host.State.TakeCalls());
    }

    [Fact]
    public async Task MessageWithAKey_ReadsItsBucketEachTime()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        host.State.TakeCalls();
        await host.PostAsync(Alice, "hello", "r2", key: "k");
        var first = host.State.TakeCalls();
        Assert.Equal(2, first.Count);
        Assert.StartsWith("GET idem:", first[0], StringComparison.Ordinal);
        Assert.StartsWith("PUT head page:default:1 events:1 idem:", first[1], StringComparison.Ordinal);

        await host.PostAsync(Alice, "hello", "r3", key: "k");
        Assert.Equal([first[0]], host.State.TakeCalls());
    }

    [Fact]
    public async Task ReadsOfAnAgentNeverUsed_WriteAndCreateNothing()
    {
        await using var host = await HostUnderTest.StartAsync();
        var info = (await host.InfoAsync(Alice)).Value!;
        Assert.Equal((0, null, null), (info.MessageCount, info.CreatedAt, info.LastActive));
        var history = (await host.HistoryAsync(Alice)).Value!;
        Assert.Empty(history.Messages);
        Assert.Null(history.NextBefore);
        // The ledger of an agent that was erased is still there.
        Assert.Equal(["GET head", "GET ledger", "GET head"], host.State.TakeCalls());
        Assert.Empty(host.State.KeysOf(Alice));
    }

    [Fact]
    public async Task RefusedMessageToAnAgentNeverUsed_CreatesNothing()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal("invalid_content", (await host.PostAsync(Alice, "", "r1")).Refusal!.Code);
        Assert.Equal("session_not_found", (await host.PostAsync(Alice, "a", "r2", session: "x")).Refusal!.Code);
        Assert.Equal("invalid_content", (await host.PostAsync(Alice, "", "r3", key: "k")).Refusal!.Code);
        Assert.Empty(host.State.KeysOf(Alice));
        Assert.DoesNotContain(host.State.TakeCalls(), call => call.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RefusedMessageToAnActiveAgent_LeavesItAsItWas()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        var head = host.State[Alice, "head"];
        Assert.Equal("invalid_content", (await host.PostAsync(Alice, "", "r2", key: "k")).Refusal!.Code);
        Assert.Equal(head, host.State[Alice, "head"]);
        host.State.TakeCalls();
        Assert.Equal(4, (await host.PostAsync(Alice, "hello", "r3")).Value!.MessageCount);
        Assert.Equal(["PUT head page:default:1 events:1"], host.State.TakeCalls());
    }

    [Fact]
    public async Task History_ReadsOnlyThePagesItShows_AndKeepsNone()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 1; n <= 40; n++)
            await host.PostAsync(Alice, "hello", $"r{n}");
        host.State.TakeCalls();

        await host.HistoryAsync(Alice, limit: 16);
        Assert.Empty(host.State.TakeCalls());
        await host.HistoryAsync(Alice, limit: 17);
        Assert.Equal(["GET page:default:4"], host.State.TakeCalls());
        await host.HistoryAsync(Alice, limit: 17);
        Assert.Equal(["GET page:default:4"], host.State.TakeCalls());
        await host.HistoryAsync(Alice, limit: 1, before: 20);
        Assert.Equal(["GET page:default:2"], host.State.TakeCalls());
    }

    [Fact]
    public async Task TransactionOfAMessage_DoesNotGrowWithTheHistory()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 1; n <= 400; n++)
            await host.PostAsync(Alice, "hello", $"r{n}");
        Assert.True(host.State[Alice, "head"]!.Length <= 4_200, $"{host.State[Alice, "head"]!.Length}");
        Assert.All(
            host.State.KeysOf(Alice).Where(key => key.StartsWith("page:", StringComparison.Ordinal)),
            key => Assert.True(host.State[Alice, key]!.Length <= 16 * 1024));
    }
}
