using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Watching;

public sealed class ResumeTests : WatchTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(199)]
    [InlineData(239)]
    [InlineData(240)]
    public async Task Resume_SendsEverythingAfter_AndThenGoesOn(int after)
    {
        Agent.Chat(120);
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.SendAsync($$"""{"type":"resume","after":{{after}}}""");
        // Behind the resume, and answered while older events are still being sent.
        await socket.MessageAsync("new");
        var seqs = (await socket.NextAsync(242 - after)).Select(Seq).ToList();
        Assert.Equal(Enumerable.Range(after + 1, 242 - after).Select(seq => (long)seq), seqs.Order());
        Assert.Equal([241, 242], seqs.Where(seq => seq > 240));
    }

    [Fact]
    public async Task Resume_RepeatsNothing()
    {
        Agent.Chat(5);
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await PostAsync(gateway, "one");
        Assert.Equal([11, 12], (await socket.NextAsync(2)).Select(Seq));
        // What lies between the welcome and now was sent: only what is before is due, once.
        foreach (var after in (int[])[11, 10, 6, 6, 12, 4])
            await socket.SendAsync($$"""{"type":"resume","after":{{after}}}""");
        await socket.MessageAsync("two");
        Assert.Equal([5, 6, 7, 8, 9, 10, 13, 14], (await socket.NextAsync(8)).Select(Seq).Order());
        await socket.SendAsync("""{"type":"resume","after":0}""");
        Assert.Equal([1, 2, 3, 4], (await socket.NextAsync(4)).Select(Seq));
    }

    [Fact]
    public async Task Resume_OfWhatIsTrimmed_SaysSo()
    {
        Agent.Chat(10);
        Agent.First = 15;
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.SendAsync("""{"type":"resume","after":3}""");
        Assert.Equal("""{"type":"reset","after":14}""", await socket.NextTextAsync());
        Assert.Equal([15, 16, 17, 18, 19, 20], (await socket.NextAsync(6)).Select(Seq));
        await socket.SendAsync("""{"type":"resume","after":14}""");
        await socket.MessageAsync("on");
        Assert.Equal([21, 22], (await socket.NextAsync(2)).Select(Seq));
    }

    [Fact]
    public async Task Resume_BeyondTheEnd_BeginsAnew()
    {
        // An agent that was erased counts from 1 again; the client's number is of the old log.
        Agent.Chat(1);
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.SendAsync("""{"type":"resume","after":100}""");
        Assert.Equal("""{"type":"reset","after":0}""", await socket.NextTextAsync());
        await socket.MessageAsync("on");
        Assert.Equal([1, 2, 3, 4], (await socket.NextAsync(4)).Select(Seq));
    }

    [Fact]
    public async Task Resume_BeforeWhatThisProcessHasNotReadYet_MissesNothing()
    {
        await using var gateway = Start();
        using var other = await SocketClient.ConnectAsync(gateway);
        await KnownAsync(gateway);
        for (var n = 0; n < 20; n++)
        {
            // Nobody announces it; the socket's own question is how the gateway hears of it.
            Agent.Chat(1);
            using var socket = await SocketClient.ConnectAsync(gateway, query: $"?after={2 * n}");
            Assert.Equal([(2 * n) + 1, (2 * n) + 2], (await socket.NextAsync(2)).Select(Seq));
        }
    }

    [Fact]
    public async Task ErasedAgent_BeginsAnew_ForSocketsThatStayed()
    {
        Agent.Chat(3);
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await KnownAsync(gateway);
        Agent.Erase();
        await AnnounceAsync(gateway, Seq(0));
        Assert.Equal("""{"type":"reset","after":0}""", await socket.NextTextAsync());
        await socket.MessageAsync("on");
        Assert.Equal([1, 2], (await socket.NextAsync(2)).Select(Seq));
    }

    [Fact]
    public async Task ErasedThroughThisGateway_SocketsAreTold_WithoutAnAnnouncement()
    {
        Agent.Chat(3);
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await KnownAsync(gateway);
        using var response = await Http.DeleteAsync(At(gateway, "/agent/alice"), Token);
        await response.IsJsonAsync();
        Assert.Equal("""{"type":"reset","after":0}""", await socket.NextTextAsync());
    }

    [Fact]
    public async Task ResumeWithinTheGrace_ComesBeforeWhatHappensMeanwhile()
    {
        Agent.Chat(2);
        var time = new FakeTimeProvider();
        await using var gateway = Start(time, ("AgentMesh:Watching:ResumeGrace", "00:00:10"));
        using var socket = await SocketClient.ConnectAsync(gateway);
        await PostAsync(gateway, "meanwhile");
        await socket.SendAsync("""{"type":"resume","after":1}""");
        Assert.Equal([2, 3, 4, 5, 6], (await socket.NextAsync(5)).Select(Seq));
    }

    [Fact]
    public async Task AfterTheGrace_EventsComeWithoutAWord()
    {
        Agent.Chat(1);
        var time = new FakeTimeProvider();
        // The clock is moved on until the events come, which must not be taken for a client that is silent or slow.
        await using var gateway = Start(
            time, ("AgentMesh:Watching:ResumeGrace", "00:00:10"), ("AgentMesh:Watching:SilenceTimeout", "10000.00:00:00"), ("AgentMesh:Watching:SendTimeout", "10000.00:00:00"));
        using var socket = await SocketClient.ConnectAsync(gateway);
        await PostAsync(gateway, "meanwhile");
        var next = socket.NextMessagesAsync(2);
        while (!next.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.Equal([3, 4], (await next).Select(Seq));
    }

    [Theory]
    [InlineData("?after=1", new[] { 2, 3, 4 })]
    [InlineData("?after=0", new[] { 1, 2, 3, 4 })]
    [InlineData("?after=4", new int[0])]
    public async Task AfterInTheAddress_BeginsThere_WithoutAWait(string query, int[] seqs)
    {
        Agent.Chat(2);
        await using var gateway = Start(new FakeTimeProvider(), ("AgentMesh:Watching:ResumeGrace", "00:00:10"));
        using var socket = await SocketClient.ConnectAsync(gateway, query: query);
        await socket.MessageAsync("on");
        Assert.Equal([.. seqs, 5, 6], (await socket.NextAsync(seqs.Length + 2)).Select(Seq));
    }

    [Theory]
    [InlineData("?after=x")]
    [InlineData("?after=-1")]
    [InlineData("?after=1&after=2")]
    public async Task AfterThatIsNoNumber_IsRefused(string query)
    {
        await using var gateway = Start();
        var refused = await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => SocketClient.ConnectAsync(gateway, query: query));
        Assert.Contains("400", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_BeyondWhatIsKnownHere_IsRead()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        // Another replica told the client of these, no announcement came here.
        Agent.Chat(3);
        await socket.SendAsync("""{"type":"resume","after":4}""");
        Assert.Equal([5, 6], (await socket.NextAsync(2)).Select(Seq));
    }

    [Fact]
    public async Task UnderConcurrentPosts_NothingIsMissing_AndNothingComesTwice()
    {
        const int Posts = 60;
        Agent.Chat(10);
        await using var gateway = Start();
        using var steady = await SocketClient.ConnectAsync(gateway);
        var posts = Enumerable.Range(0, Posts).Select(i => PostAsync(gateway, $"{i}")).ToList();
        // Each comes back as a client would that lost its connection: with the last number it had.
        var last = 5L;
        var seqs = new List<long>();
        while (last < 20 + (2 * Posts))
        {
            using var socket = await SocketClient.ConnectAsync(gateway);
            await socket.SendAsync($$"""{"type":"resume","after":{{last}}}""");
            var due = Math.Min(25, 20 + (2 * Posts) - last);
            var got = (await socket.NextAsync((int)due)).Select(Seq).ToList();
            Assert.Equal(got.Distinct(), got);
            // The longest run without a hole: what came after a hole is asked for again.
            while (got.Contains(last + 1))
                seqs.Add(++last);
        }

        await Task.WhenAll(posts);
        Assert.Equal(Enumerable.Range(6, 15 + (2 * Posts)).Select(seq => (long)seq), seqs);
        Assert.Equal(Enumerable.Range(21, 2 * Posts).Select(seq => (long)seq), (await steady.NextAsync(2 * Posts)).Select(Seq));
    }

    [Fact]
    public async Task ManySockets_ThatAskForTheSame_ShareTheReading()
    {
        Agent.Chat(100);
        await using var gateway = Start();
        using var first = await SocketClient.ConnectAsync(gateway);
        var release = new TaskCompletionSource();
        Sidecar.Then(async context =>
        {
            await release.Task;
            await FakeSidecar.Text(200, Page(Enumerable.Range(1, 100)))(context);
        });
        var before = Calls("ReadEvents");
        await first.SendAsync("""{"type":"resume","after":0}""");
        await WaitForCallsAsync(before + 1);
        var others = new List<SocketClient>();
        for (var i = 0; i < 5; i++)
        {
            // The pong says that the resume before it was taken.
            var socket = await SocketClient.ConnectAsync(gateway);
            others.Add(socket);
            await socket.SendAsync("""{"type":"resume","after":0}""");
            await socket.SendAsync("""{"type":"ping"}""");
            Assert.Equal("""{"type":"pong"}""", await socket.NextTextAsync());
        }

        release.SetResult();
        foreach (var socket in others.Prepend(first))
            Assert.Equal(Enumerable.Range(1, 200).Select(seq => (long)seq), (await socket.NextAsync(200)).Select(Seq));
        // Two pages of a hundred: what the first socket began is shared, and so is most of the second page.
        Assert.InRange(Calls("ReadEvents") - before, 2, 7);
        others.ForEach(socket => socket.Dispose());
    }

    private string Page(IEnumerable<int> seqs)
    {
        var events = seqs.Select(seq => JsonSerializer.Serialize(Agent.Events[seq - 1], JsonSerializerOptions.Web));
        return $$$"""{"value":{"first":1,"last":{{{Agent.Events.Count}}},"events":[{{{string.Join(',', events)}}}]}}""";
    }

    private async Task WaitForCallsAsync(int count)
    {
        while (Calls("ReadEvents") < count)
            await Sidecar.NextCallAsync();
    }

    private static long Seq(JsonElement frame) => frame.GetProperty("seq").GetInt64();
}
