using System.Net;
using System.Text;
using AgentMesh.Gateway.Tests.Watching;
using AgentMesh.Gateway.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Mail;

/// <summary><c>POST /agent/{u}/send</c> with <c>await</c>: what is waited for is heard by the sender's own events, at any gateway.</summary>
public sealed class SendWaitTests : WatchTest
{
    private const string Pending = $$"""{"messageId":"{{FakeOutbox.Id}}"}""";

    private const string Answered =
        $$$"""{"messageId":"{{{FakeOutbox.Id}}}","reply":{"from":"default:bob","content":"Hello","sentAt":"2026-01-02T03:04:06.678Z"}}""";

    [Fact]
    public async Task Answer_EndsTheWait_AndNothingBeforeItDoes()
    {
        var outbox = FakeOutbox.Of(Agent);
        await using var gateway = Start();
        var sent = SendAsync(gateway);
        await WaitsAsync(gateway, outbox);
        await HearAsync(gateway, outbox.Deliver());
        // Of the same request to another receiver: its id ends like this one's.
        await HearAsync(gateway, outbox.Note("""{"mail":"9-bbbqeayeaudaocajbifqydiob4","status":"received","from":"default:bob","inReplyTo":"17-aaaqeayeaudaocajbifqydiob4"}"""));
        await HearAsync(gateway, outbox.Note("""{"mail":"17-aaaqeayeaudaocajbifqydiob4","status":"dead","to":"default:carol"}"""));
        await AnnounceAsync(gateway, Seq(outbox.Reply("Hello")));
        using var response = await sent;
        Assert.Equal(Answered, await response.IsJsonAsync());
        Assert.Equal(2, Calls("GetMail"));
        Assert.Equal(1, Calls("ChangeMail"));
    }

    [Fact]
    public async Task SentAtOneGateway_AwaitedAtAnother()
    {
        var outbox = FakeOutbox.Of(Agent);
        await using var first = Start();
        await using var second = Start();
        var one = SendAsync(first, key: "k");
        var other = SendAsync(second, key: "k");
        await WaitsAsync(first, outbox);
        await WaitsAsync(second, outbox, 2);
        var seq = outbox.Reply("Hello");
        await AnnounceAsync(first, Seq(seq));
        await AnnounceAsync(second, Seq(seq));
        using var here = await one;
        using var there = await other;
        Assert.Equal(Answered, await here.IsJsonAsync());
        Assert.Equal(Answered, await there.IsJsonAsync());
        Assert.Equal(["k", "k"], outbox.Sent.Select(mail => mail.IdempotencyKey));
    }

    /// <summary>Of a repeat whose first answer was lost.</summary>
    [Fact]
    public async Task AnswerThatCameBeforeTheWait_IsFound()
    {
        var outbox = FakeOutbox.Of(Agent);
        outbox.Reply("Hello", spent: new("USD", "120"));
        await using var gateway = Start();
        using var response = await SendAsync(gateway);
        Assert.Equal(
            Answered.Replace("Z\"}}", "Z\",\"spent\":{\"asset\":\"USD\",\"amount\":\"120\"}}}", StringComparison.Ordinal), await response.IsJsonAsync());
    }

    [Fact]
    public async Task AnswerThatThereWillBeNone_IsTold()
    {
        var outbox = FakeOutbox.Of(Agent);
        await using var gateway = Start();
        var sent = SendAsync(gateway);
        await WaitsAsync(gateway, outbox);
        await AnnounceAsync(gateway, Seq(outbox.Reply("The turn failed.", "turn_failed")));
        using var response = await sent;
        Assert.Equal(
            $$$"""{"messageId":"{{{FakeOutbox.Id}}}","reply":{"from":"default:bob","content":"The turn failed.","sentAt":"2026-01-02T03:04:06.678Z","failure":"turn_failed"}}""",
            await response.IsJsonAsync());
    }

    [Theory]
    [InlineData(true, $$"""{"messageId":"{{FakeOutbox.Id}}","state":"dead","code":"mail_not_allowed","detail":"No."}""")]
    [InlineData(false, $$"""{"messageId":"{{FakeOutbox.Id}}","state":"discarded"}""")]
    public async Task MessageThatIsDeadOrDiscarded_IsToldAtOnce(bool isDead, string told)
    {
        var outbox = FakeOutbox.Of(Agent);
        await using var gateway = Start();
        var sent = SendAsync(gateway);
        await WaitsAsync(gateway, outbox);
        await AnnounceAsync(gateway, Seq(isDead ? outbox.Refuse() : outbox.Discard()));
        using var response = await sent;
        Assert.Equal(told, await response.IsJsonAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    public async Task WaitThatIsTooLong_IsAnswered202(int seconds)
    {
        var outbox = FakeOutbox.Of(Agent);
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock);
        var sent = SendAsync(gateway, seconds);
        await WaitsAsync(gateway, outbox);
        clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(sent.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        using var response = await sent;
        await IsAcceptedAsync(response);
    }

    /// <summary>What became of it was announced to nobody; the agent is asked when the time is up.</summary>
    [Fact]
    public async Task AnswerInTheLastMoment_IsFound()
    {
        var outbox = FakeOutbox.Of(Agent);
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock);
        var sent = SendAsync(gateway, 1);
        await WaitsAsync(gateway, outbox);
        outbox.Reply("Hello");
        clock.Advance(TimeSpan.FromSeconds(1));
        using var response = await sent;
        Assert.Equal(Answered, await response.IsJsonAsync());
    }

    [Fact]
    public async Task LostAnnouncement_IsMadeUpForByTheCheck()
    {
        var outbox = FakeOutbox.Of(Agent);
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock);
        var sent = SendAsync(gateway);
        await WaitsAsync(gateway, outbox);
        outbox.Reply("Hello");
        clock.Advance(TimeSpan.FromSeconds(3));
        using var response = await sent;
        Assert.Equal(Answered, await response.IsJsonAsync());
    }

    [Fact]
    public async Task Shutdown_AnswersWhoWaits202()
    {
        var outbox = FakeOutbox.Of(Agent);
        await using var gateway = Start();
        var sent = SendAsync(gateway);
        await WaitsAsync(gateway, outbox);
        var stopping = gateway.StopAsync();
        using var response = await sent;
        await IsAcceptedAsync(response);
        await stopping;
    }

    /// <summary>What is certain is that it was sent.</summary>
    [Fact]
    public async Task MessageThatCannotBeAskedFor_IsAnswered202()
    {
        FakeOutbox.Of(Agent).HasForgotten = true;
        await using var gateway = Start();
        using var response = await SendAsync(gateway);
        await IsAcceptedAsync(response);
    }

    [Fact]
    public async Task CallerThatLeaves_EndsTheWaitOnly()
    {
        var outbox = FakeOutbox.Of(Agent);
        await using var gateway = Start();
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var sent = SendAsync(gateway, cancellationToken: leave.Token);
        await WaitsAsync(gateway, outbox);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        while (gateway.Services.GetRequiredService<WatchHub>().AgentCount > 0)
            await Task.Yield();
        Assert.Equal(0, Calls("ChangeMail"));
    }

    private async Task<HttpResponseMessage> SendAsync(GatewayServer gateway, int seconds = 60, string? key = null, CancellationToken? cancellationToken = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At(gateway, "/agent/alice/send"))
        {
            Content = new StringContent($$"""{"to":"bob","content":"hi","await":{{seconds}}}""", Encoding.UTF8, "application/json"),
        };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await Http.SendAsync(request, cancellationToken ?? Token);
    }

    /// <summary>Waits until the log is watched, and the agent has said so often what it knows of the message.</summary>
    private static async Task WaitsAsync(GatewayServer gateway, FakeOutbox outbox, int asked = 1)
    {
        await KnownAsync(gateway);
        while (outbox.Asked < asked)
            await Task.Yield();
    }

    /// <summary>Announces an event, and waits until it was read.</summary>
    private async Task HearAsync(GatewayServer gateway, long seq)
    {
        await AnnounceAsync(gateway, Seq(seq));
        while (gateway.Services.GetRequiredService<WatchHub>().Find("default:alice")!.Recent(seq) is not [])
            await Task.Yield();
    }

    private static async Task IsAcceptedAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("/agent/alice/outbox/" + FakeOutbox.Id, response.Headers.Location?.ToString());
        Assert.Equal(Pending, await response.Content.ReadAsStringAsync(Token));
    }
}
