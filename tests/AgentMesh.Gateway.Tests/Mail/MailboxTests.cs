using System.Net;

namespace AgentMesh.Gateway.Tests.Mail;

/// <summary>Inbox and outbox as their owner sees them.</summary>
public sealed class MailboxTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    internal const string Received =
        """{"n":3,"id":"4-bbbqeayeaudaocajbifqydiob4","from":"default:bob","to":"default:alice","content":"Köln","sentAt":"2026-01-02T03:04:05.678+00:00","state":"answering","at":"2026-01-02T03:04:06.678+00:00","via":["default:carol","default:bob"],"topic":"news","budget":{"asset":"USD","amount":"50000"},"sessionId":"abc","turnId":"9"}""";

    internal const string ReceivedAnswer =
        """{"n":3,"id":"4-bbbqeayeaudaocajbifqydiob4","from":"default:bob","content":"Köln","state":"answering","sentAt":"2026-01-02T03:04:05.678Z","receivedAt":"2026-01-02T03:04:06.678Z","via":["default:carol","default:bob"],"topic":"news","inReplyTo":null,"failure":null,"budget":{"asset":"USD","amount":"50000"},"spent":null,"sessionId":"abc","turnId":"9","replyN":null,"code":null,"detail":null}""";

    internal const string Sent =
        """{"n":7,"id":"7-aaaqeayeaudaocajbifqydiob4","from":"default:alice","to":"default:bob","content":"hi","sentAt":"2026-01-02T03:04:05.678+00:00","state":"dead","at":"2026-01-02T03:04:06.678+00:00","deadline":"2026-01-03T03:04:05.678+00:00","via":["default:alice"],"budget":{"asset":"USD","amount":"50000"},"code":"mail_not_allowed","detail":"No.","replayedAs":"8-bbbqeayeaudaocajbifqydiob4"}""";

    internal const string SentAnswer =
        """{"n":7,"id":"7-aaaqeayeaudaocajbifqydiob4","to":"default:bob","content":"hi","state":"dead","sentAt":"2026-01-02T03:04:05.678Z","settledAt":"2026-01-02T03:04:06.678Z","deadline":"2026-01-03T03:04:05.678Z","via":["default:alice"],"topic":null,"inReplyTo":null,"failure":null,"budget":{"asset":"USD","amount":"50000"},"spent":null,"code":"mail_not_allowed","detail":"No.","replayedAs":"8-bbbqeayeaudaocajbifqydiob4","replyN":null,"reply":null}""";

    private const string Id = "7-aaaqeayeaudaocajbifqydiob4";

    private const string Reply =
        """{"n":5,"id":"6-bbbqeayeaudaocajbifqydiob4","from":"default:bob","to":"default:alice","content":"No time.","sentAt":"2026-01-02T03:04:07.678+00:00","state":"stored","at":"2026-01-02T03:04:08.678+00:00","via":["default:alice","default:bob"],"inReplyTo":"7-aaaqeayeaudaocajbifqydiob4","failure":"turn_failed","budget":{"asset":"USD","amount":"120"}}""";

    private readonly HttpClient _client = fixture.Gateway.Client();

    [Theory]
    [InlineData("inbox", """{"isSent":false,"limit":50}""")]
    [InlineData("inbox?limit=1", """{"isSent":false,"limit":1}""")]
    [InlineData("inbox?limit=100&before=9", """{"isSent":false,"limit":100,"before":9}""")]
    [InlineData("outbox", """{"isSent":true,"limit":50}""")]
    [InlineData("outbox?limit=2&before=1", """{"isSent":true,"limit":2,"before":1}""")]
    public async Task List_IsAPage_NewestFirst(string path, string asked)
    {
        var isSent = path.StartsWith("outbox", StringComparison.Ordinal);
        Answers($$$"""{"value":{"messages":[{{{(isSent ? Sent : Received)}}}],"nextBefore":3}}""");
        using var response = await SendAsync(HttpMethod.Get, path);
        Assert.Equal($$$"""{"messages":[{{{(isSent ? SentAnswer : ReceivedAnswer)}}}],"nextBefore":3}""", await response.IsJsonAsync());
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.EndsWith("/AgentActor/default:alice/method/ListMail", call.Path, StringComparison.Ordinal);
        Assert.Equal(asked, call.Body);
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("outbox")]
    public async Task LastPage_HasNoNext(string path)
    {
        Answers("""{"value":{"messages":[]}}""");
        using var response = await SendAsync(HttpMethod.Get, path);
        Assert.Equal("""{"messages":[],"nextBefore":null}""", await response.IsJsonAsync());
    }

    [Theory]
    [InlineData("limit=0", "invalid_limit")]
    [InlineData("limit=101", "invalid_limit")]
    [InlineData("limit=x", "invalid_limit")]
    [InlineData("limit=1&limit=2", "invalid_limit")]
    [InlineData("before=0", "invalid_before")]
    [InlineData("before=-1", "invalid_before")]
    [InlineData("before=9223372036854775808", "invalid_before")]
    public async Task WrongPage_IsRefused(string query, string code)
    {
        foreach (var box in new[] { "inbox", "outbox" })
        {
            fixture.Sidecar.Reset();
            using var response = await SendAsync(HttpMethod.Get, $"{box}?{query}");
            await response.IsProblemAsync(400, code);
            Assert.Empty(fixture.Sidecar.Calls);
        }
    }

    [Fact]
    public async Task ReceivedMessage_IsShown()
    {
        Answers($$$"""{"value":{{{Received}}}}""");
        using var response = await SendAsync(HttpMethod.Get, "inbox/3");
        Assert.Equal(ReceivedAnswer, await response.IsJsonAsync());
        Assert.Equal("""{"isSent":false,"n":3}""", Assert.Single(fixture.Sidecar.Calls).Body);
    }

    /// <summary>Of an answer the money is what was spent.</summary>
    [Fact]
    public async Task ReceivedAnswer_SaysWhatWasSpent()
    {
        Answers($$$"""{"value":{{{Reply}}}}""");
        using var response = await SendAsync(HttpMethod.Get, "inbox/5");
        Assert.Equal(
            """{"n":5,"id":"6-bbbqeayeaudaocajbifqydiob4","from":"default:bob","content":"No time.","state":"stored","sentAt":"2026-01-02T03:04:07.678Z","receivedAt":"2026-01-02T03:04:08.678Z","via":["default:alice","default:bob"],"topic":null,"inReplyTo":"7-aaaqeayeaudaocajbifqydiob4","failure":"turn_failed","budget":null,"spent":{"asset":"USD","amount":"120"},"sessionId":null,"turnId":null,"replyN":null,"code":null,"detail":null}""",
            await response.IsJsonAsync());
    }

    [Fact]
    public async Task SentMessage_IsShown_WithItsAnswer()
    {
        Answers($$$"""{"value":{{{Sent[..^1]}}},"reply":{{{Reply}}}}}""");
        using var response = await SendAsync(HttpMethod.Get, $"outbox/{Id}");
        Assert.Equal(
            SentAnswer.Replace(
                "\"reply\":null",
                "\"reply\":{\"from\":\"default:bob\",\"content\":\"No time.\",\"sentAt\":\"2026-01-02T03:04:07.678Z\",\"failure\":\"turn_failed\",\"spent\":{\"asset\":\"USD\",\"amount\":\"120\"}}",
                StringComparison.Ordinal),
            await response.IsJsonAsync());
        Assert.Equal($$"""{"isSent":true,"id":"{{Id}}","n":0}""", Assert.Single(fixture.Sidecar.Calls).Body);
    }

    [Theory]
    [InlineData("POST", "inbox/3/read", """{"does":"read","n":3}""")]
    [InlineData("DELETE", "inbox/3", """{"does":"read","n":3}""")]
    [InlineData("DELETE", $"outbox/{Id}", $$"""{"does":"discard","id":"{{Id}}","n":0}""")]
    public async Task Change_IsAnswered204(string method, string path, string asked)
    {
        Answers($$$"""{"value":{{{Sent}}}}""");
        using var response = await SendAsync(new HttpMethod(method), path);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.EndsWith("/AgentActor/default:alice/method/ChangeMail", call.Path, StringComparison.Ordinal);
        Assert.Equal(asked, call.Body);
    }

    [Fact]
    public async Task Replay_IsAnsweredAsASentMessage()
    {
        Answers($$$"""{"value":{{{Sent}}}}""");
        using var response = await SendAsync(HttpMethod.Post, "outbox/2-bbbqeayeaudaocajbifqydiob4/replay");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/agent/alice/outbox/{Id}", response.Headers.Location?.ToString());
        Assert.Equal($$"""{"messageId":"{{Id}}"}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("""{"does":"replay","id":"2-bbbqeayeaudaocajbifqydiob4","n":0}""", Assert.Single(fixture.Sidecar.Calls).Body);
    }

    [Theory]
    [InlineData("GET", "inbox/x")]
    [InlineData("GET", "inbox/0")]
    [InlineData("GET", "inbox/-1")]
    [InlineData("GET", "inbox/9223372036854775808")]
    [InlineData("POST", "inbox/x/read")]
    [InlineData("DELETE", "inbox/1.0")]
    [InlineData("GET", "outbox/x")]
    [InlineData("GET", "outbox/aaaqeayeaudaocajbifqydiob4")]
    [InlineData("GET", "outbox/07-aaaqeayeaudaocajbifqydiob4")]
    [InlineData("GET", "outbox/7-aaaqeayeaudaocajbifqydiob")]
    [InlineData("GET", "outbox/7-aaaqeayeaudaocajbifqydiob44")]
    [InlineData("GET", "outbox/7-AAAQEAYEAUDAOCAJBIFQYDIOB4")]
    [InlineData("GET", "outbox/1234567890123456-aaaqeayeaudaocajbifqydiob4")]
    [InlineData("POST", "outbox/x/replay")]
    [InlineData("DELETE", "outbox/x")]
    public async Task MalformedName_IsNotFound_AndReachesNoAgent(string method, string path)
    {
        fixture.Sidecar.Reset();
        using var response = await SendAsync(new HttpMethod(method), path);
        await response.IsProblemAsync(404, "mail_not_found");
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData("GET", "inbox/3", "mail_not_found", 404)]
    [InlineData("GET", $"outbox/{Id}", "mail_not_found", 404)]
    [InlineData("GET", "inbox", "agent_quarantined", 503)]
    [InlineData("POST", "inbox/3/read", "mail_is_answered", 409)]
    [InlineData("DELETE", $"outbox/{Id}", "mail_not_open", 409)]
    [InlineData("POST", $"outbox/{Id}/replay", "mail_not_dead", 409)]
    [InlineData("POST", $"outbox/{Id}/replay", "outbox_full", 429)]
    [InlineData("GET", "mail-policy", "agent_quarantined", 503)]
    public async Task Refusal_OfTheAgent_IsPassedOn(string method, string path, string code, int status)
    {
        Answers($$$"""{"refusal":{"code":"{{{code}}}","detail":"No."}}""");
        using var response = await SendAsync(new HttpMethod(method), path);
        await response.IsProblemAsync(status, code);
    }

    [Fact]
    public async Task ReplayOverTheRateLimit_SaysWhenToTryAgain()
    {
        Answers("""{"refusal":{"code":"mail_rate_limited","detail":"No."},"rateLimit":{"permits":600,"windowSeconds":60,"remaining":0,"resetSeconds":7}}""");
        using var response = await SendAsync(HttpMethod.Post, $"outbox/{Id}/replay");
        await response.IsProblemAsync(429, "mail_rate_limited");
        Assert.Equal("7", response.Headers.RetryAfter?.ToString());
    }

    private void Answers(string reply)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, reply));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, "/agent/alice/" + path);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
