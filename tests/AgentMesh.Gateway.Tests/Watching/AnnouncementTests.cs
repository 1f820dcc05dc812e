using System.Net;
using System.Text;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Tests.Watching;

/// <summary>What the agents app announces is a hint: it may be lost, late, repeated and wrong.</summary>
public sealed class AnnouncementTests : WatchTest
{
    [Fact]
    public async Task Subscription_IsOnTheComponentOfEveryProcess()
    {
        await using var gateway = Start();
        Assert.Equal(
            """[{"pubsubname":"fanout","topic":"agentmesh.announcements","route":"/dapr/announcements"}]""",
            await Http.GetStringAsync(At(gateway, "/dapr/subscribe"), Token));
    }

    [Fact]
    public async Task Progress_IsReadOnce_AndReachesEverySocket()
    {
        await using var gateway = Start();
        using var one = await SocketClient.ConnectAsync(gateway);
        using var two = await SocketClient.ConnectAsync(gateway);
        Agent.Chat(3);
        var before = Calls("ReadEvents");
        Assert.Equal("""{"status":"SUCCESS"}""", await AnnounceAsync(gateway, Seq(6)));
        Assert.Equal([1, 2, 3, 4, 5, 6], await SeqsAsync(one, 6));
        Assert.Equal([1, 2, 3, 4, 5, 6], await SeqsAsync(two, 6));
        Assert.Equal(before + 1, Calls("ReadEvents"));
    }

    [Fact]
    public async Task StaleAndRepeatedOnes_AreIgnored()
    {
        Agent.Chat(2);
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        var before = Sidecar.Calls.Count;
        await AnnounceAsync(gateway, Seq(1), Seq(4), Seq(4), new AgentSeq("default:bob", 9), new AgentSeq("nobody", 1));
        await PostAsync(gateway, "hi");
        await AnnounceAsync(gateway, Seq(6), Seq(5));
        Assert.Equal([5, 6], await SeqsAsync(socket, 2));
        Assert.Equal(before + 1, Sidecar.Calls.Count);
    }

    [Fact]
    public async Task LostOne_IsMadeUpForByTheNext()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        Agent.Chat(1);
        Agent.Chat(1);
        await PostAsync(gateway, "hi");
        Assert.Equal([1, 2, 3, 4, 5, 6], await SeqsAsync(socket, 6));
    }

    [Fact]
    public async Task OneBeyondTheLog_ChangesNothing()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        var before = Calls("ReadEvents");
        await AnnounceAsync(gateway, Seq(1_000_000));
        while (Calls("ReadEvents") == before)
            await Sidecar.NextCallAsync();
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "text"));
        Assert.Equal("delta", (await socket.NextAsync()).GetProperty("type").GetString());
        await PostAsync(gateway, "hi");
        Assert.Equal([1, 2], await SeqsAsync(socket, 2));
    }

    [Fact]
    public async Task MoreThanIsKept_IsReadInPages()
    {
        await using var gateway = Start(null, ("AgentMesh:Watching:PageEvents", "7"), ("AgentMesh:Watching:RecentEvents", "5"));
        using var socket = await SocketClient.ConnectAsync(gateway);
        Agent.Chat(20);
        await AnnounceAsync(gateway, Seq(40));
        Assert.Equal(Enumerable.Range(1, 40).Select(seq => (long)seq), await SeqsAsync(socket, 40));
    }

    [Fact]
    public async Task TrimmedMeanwhile_IsSaid()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        Agent.Chat(5);
        Agent.First = 8;
        await AnnounceAsync(gateway, Seq(10));
        Assert.Equal("""{"type":"reset","after":7}""", await socket.NextTextAsync());
        Assert.Equal([8, 9, 10], await SeqsAsync(socket, 3));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"data":null}""")]
    [InlineData("""{"data":"text"}""")]
    [InlineData("""{"data":[]}""")]
    [InlineData("""{"data":{"seqs":5}}""")]
    [InlineData("""{"data":{"seqs":[null]}}""")]
    [InlineData("""{"data":{"seqs":[{"seq":1}]}}""")]
    [InlineData("""{"data":{"seqs":[{"agent":"default:alice","seq":-1}]}}""")]
    [InlineData("""{"data":{"seqs":[{"agent":"default:alice","seq":"1"}]}}""", true)]
    [InlineData("""{"data":{"deltas":[{"agent":"default:alice","turn":"t","attempt":1,"at":-1,"text":"x"}]}}""")]
    [InlineData("""{"data":{"deltas":[{"agent":"default:alice","turn":"t","attempt":1,"at":0}]}}""")]
    [InlineData("""{"data":{"seqs":[{"agent":"default:alice","seq":1}],"other":true}}""", true)]
    public async Task MalformedOne_IsDropped(string body, bool isTaken = false)
    {
        await using var gateway = Start();
        Assert.Equal(isTaken ? """{"status":"SUCCESS"}""" : """{"status":"DROP"}""", await DeliverAsync(gateway, body));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("wrong", false)]
    [InlineData("app-token", true)]
    public async Task WithAnAppToken_OnlyTheSidecarMayDeliver(string? token, bool accepted)
    {
        await using var gateway = Start(null, ("APP_API_TOKEN", "app-token"));
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Get, "/dapr/subscribe"), (HttpMethod.Post, "/dapr/announcements")])
        {
            using var request = new HttpRequestMessage(method, At(gateway, path));
            if (method == HttpMethod.Post)
                request.Content = new StringContent("{}", Encoding.UTF8, "application/cloudevents+json");
            if (token is not null)
                request.Headers.TryAddWithoutValidation("dapr-api-token", token);
            using var response = await Http.SendAsync(request, Token);
            if (accepted)
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            else
                await response.IsProblemAsync(401, "invalid_dapr_token");
        }
    }

    [Theory]
    [InlineData("Origin", "http://evil.com", "foreign_origin")]
    [InlineData("Sec-Fetch-Site", "cross-site", "foreign_origin")]
    [InlineData("X-Forwarded-For", "10.0.0.1", "forwarded_not_allowed")]
    [InlineData("Host", "evil.com", "foreign_host")]
    public async Task WithoutAToken_TheDoorKeepsOutsidersAway(string name, string value, string code)
    {
        await using var gateway = Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, At(gateway, "/dapr/announcements"));
        request.Content = new StringContent("""{"data":{}}""", Encoding.UTF8, "application/cloudevents+json");
        request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request, Token);
        await response.IsProblemAsync(403, code);
    }

    private static async Task<IEnumerable<long>> SeqsAsync(SocketClient socket, int count) =>
        (await socket.NextAsync(count)).Select(frame => frame.GetProperty("seq").GetInt64());
}
