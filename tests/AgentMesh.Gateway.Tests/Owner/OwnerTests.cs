using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AgentMesh.Gateway.Tests.Mail;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.Gateway.Tests.Owner;

public sealed class OwnerTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private static readonly Func<HttpContext, Task> NoTopics = FakeSidecar.Text(200, """{"value":{"topics":[]}}""");

    private readonly HttpClient _client = fixture.Gateway.Client();

    [Theory]
    [InlineData("?q=trip", """{"limit":100,"search":"trip"}""")]
    [InlineData("?q=a%20b&limit=5&before=9", """{"limit":5,"before":9,"search":"a b"}""")]
    [InlineData("?q=x&sessionId=abcdefghijklmnopqrstuvwxyz", """{"sessionId":"abcdefghijklmnopqrstuvwxyz","limit":100,"search":"x"}""")]
    public async Task Search_ReachesTheActor(string query, string body)
    {
        fixture.Sidecar.Reset();
        using var response = await GetAsync("alice/history/search" + query);
        Assert.Equal("""{"messages":[],"nextBefore":null}""", await response.IsJsonAsync());
        Assert.Equal(body, Assert.Single(fixture.Sidecar.Calls).Body);
    }

    [Theory]
    [InlineData("", "invalid_search")]
    [InlineData("?q=", "invalid_search")]
    [InlineData("?q=a&q=b", "invalid_search")]
    [InlineData("?q=a&limit=0", "invalid_limit")]
    [InlineData("?q=a&before=0", "invalid_before")]
    public async Task Search_RefusesWhatIsNone(string query, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await GetAsync("alice/history/search" + query);
        await response.IsProblemAsync(400, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData(256, 200)]
    [InlineData(257, 400)]
    public async Task Search_HasALength(int length, int status)
    {
        fixture.Sidecar.Reset();
        using var response = await GetAsync("alice/history/search?q=" + new string('x', length));
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("""{"systemPrompt":"Be brief."}""", """{"systemPrompt":"Be brief."}""")]
    [InlineData("""{"systemPrompt":null}""", "{}")]
    [InlineData("{}", "{}")]
    public async Task Profile_IsSetAsAWhole(string body, string sent)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, """{"value":{"systemPrompt":"as stored"}}"""));
        using var response = await PutAsync(body);
        Assert.Equal("""{"systemPrompt":"as stored"}""", await response.IsJsonAsync());
        Assert.Equal(sent, Assert.Single(fixture.Sidecar.Calls).Body);
    }

    [Theory]
    [InlineData(16_384, 200, null)]
    [InlineData(16_385, 400, "invalid_profile")]
    public async Task Profile_HasALength(int length, int status, string? code)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, """{"value":{}}"""));
        using var response = await PutAsync(JsonSerializer.Serialize(new { systemPrompt = new string('x', length) }));
        if (code is null)
            Assert.Equal("""{"systemPrompt":null}""", await response.IsJsonAsync());
        else
            await response.IsProblemAsync(status, code);
    }

    [Theory]
    [InlineData("""{"systemPrompt":1}""", "invalid_request")]
    [InlineData("[]", "invalid_request")]
    [InlineData("{", "invalid_json")]
    public async Task Profile_RefusesWhatIsNone(string body, string code)
    {
        fixture.Sidecar.Reset();
        using var response = await PutAsync(body);
        await response.IsProblemAsync(400, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData(0, 0, """{"events":3,"head":1,"page":130}""")]
    [InlineData(1, 0, """{"due":1,"events":3,"head":1,"page":130}""")]
    [InlineData(0, 2, """{"events":3,"head":1,"page":130}""")]
    public async Task Delete_GoesOnUntilAllIsGone_AndCountsIt_AndSaysWhatIsKept(int entries, int payments, string records)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(
            NoTopics,
            FakeSidecar.Text(200, """{"value":{"isDone":false,"records":{"page":128}}}"""),
            FakeSidecar.Text(200, """{"value":{"isDone":false,"records":{"page":2,"events":3}}}"""),
            FakeSidecar.Text(200, $$$"""{"value":{"isDone":true,"records":{"head":1},"keptPayments":{{{payments}}}}}"""),
            FakeSidecar.Text(200, $$$"""{"value":{"entries":{{{entries}}}}}"""));
        using var response = await _client.DeleteAsync(new Uri("/agent/alice", UriKind.Relative), TestContext.Current.CancellationToken);
        using var receipt = JsonDocument.Parse(await response.IsJsonAsync());
        Assert.Equal(records, receipt.RootElement.GetProperty("stores").GetProperty("actor state").GetRawText());
        Assert.Equal("alice", receipt.RootElement.GetProperty("userId").GetString());
        var kept = receipt.RootElement.GetProperty("kept").EnumerateArray().ToArray();
        Assert.Equal(payments == 0 ? [] : [("payments", payments)], kept.Select(one => (one.GetProperty("kind").GetString()!, one.GetProperty("count").GetInt32())));
        Assert.All(kept, one => Assert.StartsWith("Records of money", one.GetProperty("why").GetString(), StringComparison.Ordinal));
        Assert.Equal(5, fixture.Sidecar.Calls.Count);
        Assert.Equal("/v1.0/actors/TenantActor/default/method/ForgetDue", fixture.Sidecar.Calls[4].Path.Replace("//", "/", StringComparison.Ordinal));
        Assert.Equal("""{"users":["alice"]}""", fixture.Sidecar.Calls[4].Body);
    }

    [Fact]
    public async Task Erasure_SaysWhatIsKept()
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(
            NoTopics,
            FakeSidecar.Text(200, """{"value":{"isDone":true,"records":{"head":1},"keepsFreeze":true,"keptSpending":2}}"""), FakeSidecar.Text(200, """{"value":{"entries":0,"wallets":0}}"""));
        using var response = await _client.DeleteAsync(new Uri("/agent/alice", UriKind.Relative), TestContext.Current.CancellationToken);
        using var receipt = JsonDocument.Parse(await response.IsJsonAsync());
        Assert.Equal(["freeze 1", "spending 2"], receipt.RootElement.GetProperty("kept").EnumerateArray().Select(kept => $"{kept.GetProperty("kind").GetString()} {kept.GetProperty("count").GetInt64()}"));
    }

    /// <summary>A name that may be left in the index of due work is no receipt's silence: the request is repeated.</summary>
    [Fact]
    public async Task Delete_WithoutTheTenant_HasNoReceipt()
    {
        fixture.Sidecar.Reset();
        var failed = FakeSidecar.Error(400, "ERR_BAD_REQUEST", "no");
        fixture.Sidecar.Then(NoTopics, FakeSidecar.Text(200, """{"value":{"isDone":true,"records":{"head":1}}}"""), failed, failed, failed);
        using var response = await _client.DeleteAsync(new Uri("/agent/alice", UriKind.Relative), TestContext.Current.CancellationToken);
        await response.IsProblemAsync(503, "agent_failed");
    }

    [Fact]
    public async Task Export_IsALineForEverything_AndEndsWithTheCounts()
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(
            FakeSidecar.Text(200, """{"value":{"messageCount":3,"createdAt":"2026-01-02T03:04:05+00:00","lastActive":"2026-01-02T03:04:06+00:00","lastSeq":5,"walletAddress":"0x1"}}"""),
            FakeSidecar.Text(200, """{"value":{"systemPrompt":"Be brief."}}"""),
            FakeSidecar.Text(200, """{"value":{"sessions":[{"id":"default","createdAt":"2026-01-02T03:04:05+00:00","lastActive":"2026-01-02T03:04:06+00:00","metadata":"{}"}]}}"""),
            FakeSidecar.Text(200, """{"value":{"sessionId":"default","text":"In short.","throughSeq":2,"updatedAt":"2026-01-02T03:04:07+00:00"}}"""),
            FakeSidecar.Text(200, """{"value":{"messages":[{"seq":1,"role":"user","content":"a\nb","timestamp":1},{"seq":2,"role":"assistant","content":"c","timestamp":2}],"isLast":false}}"""),
            FakeSidecar.Text(200, """{"value":{"messages":[{"seq":3,"role":"user","content":"d","timestamp":3}],"isLast":true}}"""),
            FakeSidecar.Text(200, """{"value":{"schedules":[{"id":"s1","content":"hi","sessionId":"default","everySeconds":60,"missed":"once","status":"active","createdAt":"2026-01-02T03:04:05+00:00","nextRun":"2026-01-02T03:05:05+00:00","runs":0}]}}"""),
            FakeSidecar.Text(200, $$$"""{"value":{"messages":[{{{MailboxTests.Received}}}],"nextBefore":3}}"""),
            FakeSidecar.Text(200, $$$"""{"value":{"messages":[{{{MailboxTests.Received}}}]}}"""),
            FakeSidecar.Text(200, $$$"""{"value":{"messages":[{{{MailboxTests.Sent}}}]}}"""),
            FakeSidecar.Text(200, """{"value":{"receive":"answer","allow":[],"deny":[]}}"""),
            FakeSidecar.Text(200, """{"value":{"topics":[{"name":"news","joinedAt":"2026-01-02T03:04:05+00:00"}]}}"""),
            FakeSidecar.Text(200, """{"value":{"document":"{\"version\":1,\"rules\":[]}","isDefault":false,"updatedAt":"2026-01-02T03:04:05+00:00"}}"""),
            FakeSidecar.Text(200, """{"value":{"approvals":[{"id":"a1","state":"approved","digest":"00","payee":"0x1","asset":"eip155:1/erc20:0x2","network":"eip155:1","amountAtomic":"5","host":"shop.example","url":"https://shop.example/","reason":"Because.","createdAt":"2026-01-02T03:04:05+00:00","expiresAt":"2026-01-02T04:04:05+00:00","decidedAt":"2026-01-02T03:04:06+00:00"}]}}"""),
            FakeSidecar.Text(200, """{"value":{"payments":[{"id":"p2","direction":"in","state":"settled","amountAtomic":"100000","decimals":6,"asset":"0x2","network":"eip155:84532","payer":"0x3","payee":"0x1","resource":"http://localhost/x","createdAt":"2026-01-02T03:04:05+00:00","updatedAt":"2026-01-02T03:04:06+00:00","transaction":"0x4","seq":2}],"nextBefore":2}}"""),
            FakeSidecar.Text(200, """{"value":{"payments":[{"id":"p1","direction":"in","state":"failed","amountAtomic":"100000","decimals":6,"asset":"0x2","network":"eip155:84532","payer":"0x3","payee":"0x1","resource":"http://localhost/x","createdAt":"2026-01-02T03:04:05+00:00","updatedAt":"2026-01-02T03:04:06+00:00","reason":"execution_timed_out","seq":1}]}}"""),
            FakeSidecar.Text(200, """{"value":{"events":[{"seq":3,"at":3,"session":"default","type":"message","data":{"turn":"3","role":"user","content":"d"}},{"seq":4,"at":4,"session":"default","type":"error","data":{"turn":"3","code":"turn_failed","detail":"no"}},{"seq":5,"at":5,"session":"default","type":"tool","data":{"json":"{\"turn\":\"3\",\"call\":1}"}}],"first":1,"last":5}}"""));
        using var response = await GetAsync("alice/export");
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment; filename=\"alice.ndjson\"", response.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal(
            [
                """{"kind":"agent","userId":"alice","walletAddress":"0x1","createdAt":"2026-01-02T03:04:05Z","lastActive":"2026-01-02T03:04:06Z","systemPrompt":"Be brief.","lastSeq":5}""",
                """{"kind":"budget","budget":{"limits":[]}}""",
                """{"kind":"session","id":"default","createdAt":"2026-01-02T03:04:05Z","lastActive":"2026-01-02T03:04:06Z","metadata":{},"ttlSeconds":null}""",
                """{"kind":"summary","sessionId":"default","text":"In short.","throughSeq":2,"updatedAt":"2026-01-02T03:04:07Z"}""",
                """{"kind":"message","sessionId":"default","seq":1,"role":"user","content":"a\nb","timestamp":1}""",
                """{"kind":"message","sessionId":"default","seq":2,"role":"assistant","content":"c","timestamp":2}""",
                """{"kind":"message","sessionId":"default","seq":3,"role":"user","content":"d","timestamp":3}""",
                """{"kind":"schedule","schedule":{"id":"s1","content":"hi","sessionId":"default","at":null,"everySeconds":60,"cron":null,"timeZone":null,"missed":"once","until":null,"status":"active","createdAt":"2026-01-02T03:04:05Z","nextRun":"2026-01-02T03:05:05Z","lastRun":null,"runs":0,"failure":null,"tool":null,"arguments":null}}""",
                $$$"""{"kind":"inbox","message":{{{MailboxTests.ReceivedAnswer}}}}""",
                $$$"""{"kind":"inbox","message":{{{MailboxTests.ReceivedAnswer}}}}""",
                $$$"""{"kind":"outbox","message":{{{MailboxTests.SentAnswer}}}}""",
                """{"kind":"mailPolicy","policy":{"receive":"answer","allow":[],"deny":[]}}""",
                """{"kind":"topic","name":"news","joinedAt":"2026-01-02T03:04:05Z"}""",
                """{"kind":"policy","policy":{"isDefault":false,"updatedAt":"2026-01-02T03:04:05Z","policy":{"version":1,"rules":[]}}}""",
                """{"kind":"approval","approval":{"id":"a1","state":"approved","payee":"0x1","asset":"eip155:1/erc20:0x2","network":"eip155:1","amount":"5","host":"shop.example","url":"https://shop.example/","reason":"Because.","digest":"00","createdAt":"2026-01-02T03:04:05Z","expiresAt":"2026-01-02T04:04:05Z","decidedAt":"2026-01-02T03:04:06Z","usedAt":null}}""",
                """{"kind":"payment","payment":{"seq":2,"id":"p2","direction":"in","state":"settled","amount":"100000","decimals":6,"asset":"0x2","network":"eip155:84532","payer":"0x3","payee":"0x1","resource":"http://localhost/x","transaction":"0x4","reason":null,"createdAt":"2026-01-02T03:04:05Z","updatedAt":"2026-01-02T03:04:06Z"}}""",
                """{"kind":"payment","payment":{"seq":1,"id":"p1","direction":"in","state":"failed","amount":"100000","decimals":6,"asset":"0x2","network":"eip155:84532","payer":"0x3","payee":"0x1","resource":"http://localhost/x","transaction":null,"reason":"execution_timed_out","createdAt":"2026-01-02T03:04:05Z","updatedAt":"2026-01-02T03:04:06Z"}}""",
                """{"kind":"event","seq":4,"timestamp":4,"sessionId":"default","type":"error","turnId":"3","code":"turn_failed","detail":"no","data":null}""",
                """{"kind":"event","seq":5,"timestamp":5,"sessionId":"default","type":"tool","turnId":null,"code":null,"detail":null,"data":{"turn":"3","call":1}}""",
                """{"kind":"end","sessions":1,"messages":3,"schedules":1,"inbox":2,"outbox":1,"topics":1,"approvals":1,"payments":2,"events":2}""",
                "",
            ],
            (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n'));
        Assert.Equal(
            ["""{"isSent":false,"limit":100}""", """{"isSent":false,"limit":100,"before":3}""", """{"isSent":true,"limit":100}"""],
            fixture.Sidecar.Calls.Where(call => call.Path.EndsWith("/ListMail", StringComparison.Ordinal)).Select(call => call.Body));
    }

    /// <summary>The default is nobody's words.</summary>
    [Fact]
    public async Task Export_OfAnAgentWithoutAMailPolicy_HasNone()
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Agent = call => call.Path.Split('/')[^1] switch
        {
            "ListSessions" => """{"value":{"sessions":[]}}""",
            "ListSchedules" => """{"value":{"schedules":[]}}""",
            "GetMailPolicy" => """{"value":{"receive":"store","allow":[],"deny":[]}}""",
            "GetPolicy" => """{"value":{"document":"{}","isDefault":true}}""",
            "ListApprovals" => """{"value":{"approvals":[]}}""",
            "ListPayments" => """{"value":{"payments":[]}}""",
            "ListTopics" => """{"value":{"topics":[]}}""",
            "GetProfile" => """{"value":{}}""",
            _ => null,
        };
        try
        {
            using var response = await GetAsync("alice/export");
            var lines = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain("mailPolicy", lines, StringComparison.Ordinal);
            Assert.EndsWith("\"events\":0}\n", lines, StringComparison.Ordinal);
        }
        finally
        {
            fixture.Sidecar.Agent = null;
        }
    }

    [Fact]
    public async Task Export_OfADamagedAgent_IsAProblem_AndACutOneHasNoEnd()
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, """{"refusal":{"code":"agent_quarantined","detail":"damaged"}}"""));
        using (var response = await GetAsync("alice/export"))
            await response.IsProblemAsync(503, "agent_quarantined");
        fixture.Sidecar.Then(
            FakeSidecar.Text(200, """{"value":{"messageCount":1,"lastSeq":1}}"""),
            FakeSidecar.Text(200, """{"value":{}}"""),
            FakeSidecar.Text(200, """{"refusal":{"code":"agent_quarantined","detail":"damaged"}}"""));
        // The line that was sent comes, or not, and then the connection is lost rather than ended.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var cut = await GetAsync("alice/export");
            await cut.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        });
    }

    private Task<HttpResponseMessage> GetAsync(string path) =>
        _client.GetAsync(new Uri("/agent/" + path, UriKind.Relative), TestContext.Current.CancellationToken);

    private async Task<HttpResponseMessage> PutAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        return await _client.PutAsync(new Uri("/agent/alice/profile", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }
}
