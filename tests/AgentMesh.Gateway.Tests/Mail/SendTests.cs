using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentMesh.Gateway.Agents;

namespace AgentMesh.Gateway.Tests.Mail;

/// <summary><c>POST /agent/{u}/send</c> without a wait: what reaches the agent, and what is answered.</summary>
public sealed partial class SendTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string First = "7-aaaqeayeaudaocajbifqydiob4";
    private const string Second = "8-aaaqeayeaudaocajbifqydiob4";

    private readonly HttpClient _client = fixture.Gateway.Client();

    [Theory]
    [InlineData("""{"to":"bob","content":"hi"}""", """{"to":["default:bob"],"content":"hi"}""")]
    [InlineData("""{"to":"default:bob","content":"hi","await":null,"budget":null,"deadlineSeconds":null}""", """{"to":["default:bob"],"content":"hi"}""")]
    [InlineData("""{"to":"acme:bob","content":"hi","deadlineSeconds":1}""", """{"to":["acme:bob"],"content":"hi","deadlineSeconds":1}""")]
    [InlineData("""{"to":"bob","content":"hi","inReplyTo":1}""", """{"to":["default:bob"],"content":"hi","inReplyToN":1}""")]
    [InlineData("""{"to":"bob","content":"hi","deadlineSeconds":86400}""", """{"to":["default:bob"],"content":"hi","deadlineSeconds":86400}""")]
    [InlineData(
        """{"to":"bob","content":"hi","budget":{"asset":"USD","amount":"50000"}}""",
        """{"to":["default:bob"],"content":"hi","budget":{"asset":"USD","amount":"50000"}}""")]
    public async Task Message_IsSent_AndAnswered202(string body, string sent)
    {
        Answers(First);
        using var response = await SendAsync(body);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/agent/alice/outbox/{First}", response.Headers.Location?.ToString());
        Assert.Equal($$"""{"messageId":"{{First}}"}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var call = Assert.Single(fixture.Sidecar.Calls);
        Assert.EndsWith("/AgentActor/default:alice/method/SendMail", call.Path, StringComparison.Ordinal);
        Assert.Equal(sent, RequestIds().Replace(call.Body, "{"));
    }

    /// <summary>A process that has not heard of its tenant begins to ask; nobody else has to know of that.</summary>
    [Theory]
    [InlineData(1, 202)]
    [InlineData(AgentCalls.MaxUnknowns, 202)]
    [InlineData(AgentCalls.MaxUnknowns + 1, 503)]
    public async Task WithABudget_ItWaitsUntilTheTenantIsKnown_ForAWhile(int unknowns, int status)
    {
        fixture.Sidecar.Reset();
        for (var n = 0; n < unknowns; n++)
            fixture.Sidecar.Then(FakeSidecar.Text(200, """{"refusal":{"code":"tenant_unknown","detail":"Try again."}}"""));
        fixture.Sidecar.Then(FakeSidecar.Text(200, $$$"""{"value":{"messageIds":["{{{First}}}"]}}"""));
        using var response = await SendAsync("""{"to":"bob","content":"hi","budget":{"asset":"USD","amount":"50000"}}""");
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(Math.Min(unknowns, AgentCalls.MaxUnknowns) + 1, fixture.Sidecar.Calls.Count);
        Assert.Single(fixture.Sidecar.Calls.Select(call => JsonElement.Parse(call.Body).GetProperty("requestId").GetString()).Distinct());
    }

    [Theory]
    [InlineData("""["bob"]""", new[] { First })]
    [InlineData("""["bob","acme:carol"]""", new[] { First, Second })]
    public async Task List_IsAnsweredWithAllIds(string to, string[] ids)
    {
        Answers(ids);
        using var response = await SendAsync($$"""{"to":{{to}},"content":"hi"}""");
        Assert.Equal($"/agent/alice/outbox/{First}", response.Headers.Location?.ToString());
        Assert.Equal(
            JsonSerializer.Serialize(new { messageId = First, messageIds = ids }), await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Key_IsPassedOn_AndOneThatIsNoneIsRefused()
    {
        Answers(First);
        using var response = await SendAsync("""{"to":"bob","content":"hi"}""", "k1");
        Assert.Equal("k1", JsonElement.Parse(Assert.Single(fixture.Sidecar.Calls).Body).GetProperty("idempotencyKey").GetString());
        using var other = await SendAsync("""{"to":"bob","content":"hi"}""", "k 1");
        await other.IsProblemAsync(400, "invalid_idempotency_key");
        Assert.Single(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData("""{"content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":null,"content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":"","content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":"\ud800","content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":["bob","\ud800"],"content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":"bob","content":"hi","inReplyTo":0}""", "invalid_mail")]
    [InlineData("""{"to":"bob","content":"hi","inReplyTo":"7-a"}""", "invalid_mail")]
    [InlineData("""{"to":"Bob","content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":":bob","content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":"a:b:c","content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":7,"content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":[],"content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":["bob",7],"content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":["bob",null],"content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":["bob","B"],"content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":{"user":"bob"},"content":"hi"}""", "invalid_recipient")]
    [InlineData("""{"to":"bob"}""", "invalid_content")]
    [InlineData("""{"to":"bob","content":" "}""", "invalid_content")]
    [InlineData("""{"to":"bob","content":7}""", "invalid_request")]
    [InlineData("""{"to":"bob","content":"hi","deadlineSeconds":0}""", "invalid_mail")]
    [InlineData("""{"to":"bob","content":"hi","deadlineSeconds":86401}""", "invalid_mail")]
    [InlineData("""{"to":"bob","content":"hi","deadlineSeconds":1.5}""", "invalid_mail")]
    [InlineData("""{"to":"bob","content":"hi","deadlineSeconds":"60"}""", "invalid_mail")]
    [InlineData("""{"to":"bob","content":"hi","budget":{"asset":"USD"}}""", "invalid_mail")]
    [InlineData("""{"to":"bob","content":"hi","budget":{"amount":"5"}}""", "invalid_mail")]
    [InlineData("""{"to":"bob","content":"hi","budget":{"asset":"USD","amount":5}}""", "invalid_request")]
    [InlineData("""{"to":"bob","content":"hi","budget":[]}""", "invalid_request")]
    [InlineData("""{"to":"bob","content":"hi","await":0}""", "invalid_request")]
    [InlineData("""{"to":"bob","content":"hi","await":301}""", "invalid_request")]
    [InlineData("""{"to":"bob","content":"hi","await":1.5}""", "invalid_request")]
    [InlineData("""{"to":"bob","content":"hi","await":"5"}""", "invalid_request")]
    [InlineData("""{"to":["bob","carol"],"content":"hi","await":5}""", "invalid_request")]
    [InlineData("[]", "invalid_request")]
    [InlineData("{", "invalid_json")]
    public async Task BadBody_IsRefused_AndReachesNoAgent(string body, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await SendAsync(body);
        await response.IsProblemAsync(400, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData(200, 202)]
    [InlineData(201, 400)]
    public async Task List_HasALength(int receivers, int status)
    {
        Answers(First);
        using var response = await SendAsync(JsonSerializer.Serialize(new { to = Enumerable.Range(0, receivers).Select(n => $"bot-{n}"), content = "hi" }));
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(65_536, 202)]
    [InlineData(65_537, 400)]
    public async Task Content_HasALength(int bytes, int status)
    {
        Answers(First);
        using var response = await SendAsync(JsonSerializer.Serialize(new { to = "bob", content = new string('x', bytes) }));
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("invalid_recipient", 400)]
    [InlineData("invalid_mail", 400)]
    [InlineData("mail_not_allowed", 403)]
    [InlineData("mail_too_many_hops", 409)]
    [InlineData("mail_rate_limited", 429)]
    [InlineData("outbox_full", 429)]
    [InlineData("idempotency_key_reused", 409)]
    [InlineData("budget_exceeded", 403)]
    public async Task Refusal_OfTheAgent_IsPassedOn(string code, int status)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, $$$"""{"refusal":{"code":"{{{code}}}","detail":"No."}}"""));
        using var response = await SendAsync("""{"to":"bob","content":"hi","await":300}""");
        await response.IsProblemAsync(status, code);
        Assert.Single(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task RateLimit_SaysWhenToTryAgain()
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(
            200, """{"refusal":{"code":"mail_rate_limited","detail":"No."},"rateLimit":{"permits":600,"windowSeconds":60,"remaining":0,"resetSeconds":7}}"""));
        using var response = await SendAsync("""{"to":"bob","content":"hi"}""", user: "eager");
        await response.IsProblemAsync(429, "mail_rate_limited");
        Assert.Equal("7", response.Headers.RetryAfter?.ToString());

        // Not asked again at once; but for a key, which may be of one that was accepted.
        using var again = await SendAsync("""{"to":"bob","content":"hi"}""", user: "eager");
        await again.IsProblemAsync(429, "mail_rate_limited");
        Assert.Equal("7", again.Headers.RetryAfter?.ToString());
        Assert.Single(fixture.Sidecar.Calls);
        Answers(First);
        using var keyed = await SendAsync("""{"to":"bob","content":"hi"}""", "k1", "eager");
        Assert.Equal(HttpStatusCode.Accepted, keyed.StatusCode);
        Assert.Single(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task AgentThatFails_LeavesOpenWhetherItWasSent()
    {
        fixture.Sidecar.Reset();
        var failed = FakeSidecar.Error(400, "ERR_BAD_REQUEST", "no");
        fixture.Sidecar.Then(failed, failed, failed);
        using var response = await SendAsync("""{"to":"bob","content":"hi"}""");
        var problem = await response.IsProblemAsync(503, "agent_failed");
        Assert.EndsWith("a repeat with the same Idempotency-Key stores it once.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Single(fixture.Sidecar.Calls.Select(call => JsonDocument.Parse(call.Body).RootElement.GetProperty("requestId").GetString()).Distinct());
    }

    [GeneratedRegex("\\{\"requestId\":\"[0-9a-f]{32}\",")]
    private static partial Regex RequestIds();

    private void Answers(params string[] ids)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, JsonSerializer.Serialize(new { value = new { messageIds = ids } })));
    }

    private async Task<HttpResponseMessage> SendAsync(string body, string? key = null, string user = "alice")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/agent/{user}/send") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
