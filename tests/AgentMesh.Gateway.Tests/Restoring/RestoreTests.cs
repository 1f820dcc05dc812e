using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace AgentMesh.Gateway.Tests.Restoring;

/// <summary>An operator makes an agent from an export: line by line, and not at all when it is not whole.</summary>
public sealed class RestoreTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Agent = """{"kind":"agent","userId":"alice","walletAddress":"0x1","createdAt":"2026-01-02T03:04:05Z","lastActive":"2026-01-02T03:04:06Z","systemPrompt":"Be brief.","lastSeq":9}""";
    private const string Default = """{"kind":"session","id":"default","createdAt":"2026-01-02T03:04:05Z","lastActive":"2026-01-02T03:04:06Z","metadata":{}}""";
    private const string Other = """{"kind":"session","id":"abcdefghijklmnopqrstuvwxyz","createdAt":"2026-01-02T03:04:05Z","lastActive":"2026-01-02T03:04:06Z","metadata":{"a":1},"ttlSeconds":60}""";
    private const string Progress = """{"value":{"createdAt":"2026-03-04T05:06:07+00:00","walletAddress":"0x2"}}""";
    private const string Erased = """{"value":{"isDone":true,"records":{}}}""";

    private const string Schedule =
        """{"kind":"schedule","schedule":{"id":"bcdefghijklmnopqrstuvwxyza","content":"hi","sessionId":"default","at":null,"everySeconds":60,"cron":null,"timeZone":null,"missed":"once","until":null,"status":"active","createdAt":"2026-01-02T03:04:05Z","nextRun":"2026-01-02T03:05:05Z","lastRun":null,"runs":0,"failure":null,"tool":null,"arguments":null}}""";

    private readonly HttpClient _client = fixture.Gateway.Client();

    [Fact]
    public async Task Export_IsRestored_PartByPart()
    {
        Answer((_, _) => Progress);
        using var response = await RestoreAsync(
            Agent,
            """{"kind":"budget","budget":{"limits":[]}}""",
            Default, Message(1, "user", "a"), Message(2, "assistant", "b"),
            Other, """{"kind":"summary","sessionId":"abcdefghijklmnopqrstuvwxyz","text":"c","throughSeq":3,"updatedAt":"2026-01-02T03:04:05Z"}""",
            Message(3, "user", "c", "abcdefghijklmnopqrstuvwxyz"),
            Schedule, Schedule.Replace("active", "done", StringComparison.Ordinal),
            """{"kind":"mailPolicy","policy":{"receive":"ignore","allow":[],"deny":["bob"]}}""",
            """{"kind":"policy","policy":{"isDefault":false,"updatedAt":"2026-01-02T03:04:05Z","policy":{"default":"deny"}}}""",
            """{"kind":"topic","name":"news","joinedAt":"2026-01-02T03:04:05Z"}""",
            """{"kind":"event","seq":9,"timestamp":1,"sessionId":"default","type":"policy","turnId":null,"code":null,"detail":null,"data":null}""",
            End(sessions: 2, messages: 3, schedules: 2, topics: 1, events: 1));
        var answer = JsonElement.Parse(await response.IsJsonAsync());
        Assert.Equal(("alice", "0x2"), (answer.GetProperty("userId").GetString(), answer.GetProperty("walletAddress").GetString()));
        Assert.Equal("""{"session":2,"message":3,"schedule":1,"mailPolicy":1,"policy":1,"topic":1}""", answer.GetProperty("restored").GetRawText());
        Assert.Equal(["budget 1", "summary 1", "event 1", "schedule 1"], answer.GetProperty("notRestored").EnumerateArray().Select(one => $"{one.GetProperty("kind")} {one.GetProperty("count")}"));
        var calls = fixture.Sidecar.Calls.ToList();
        Assert.All(calls, call => Assert.True(call.Path.Contains("/acme:alice/", StringComparison.Ordinal) || call.Path.Contains("/acme:news/", StringComparison.Ordinal), call.Path));
        Assert.Equal(["Restore", "Restore", "Restore", "Restore", "Restore", "Restore", "ReserveTopic", "Restore", "JoinTopic", "Restore", "Restore"], calls.Select(MethodOf));
        var parts = calls.Where(call => MethodOf(call) == "Restore").Select(call => JsonElement.Parse(call.Body)).ToList();
        Assert.Single(parts.Select(part => part.GetProperty("restoreId").GetString()).Distinct());
        Assert.Equal(
            ["begin", "messages", "session", "messages", "schedule", "mailPolicy", "topic", "policy", "end"],
            parts.Select(part => part.EnumerateObject().Single(member => member.Name != "restoreId").Name));
        Assert.Equal("""{"lastSeq":9,"systemPrompt":"Be brief."}""", parts[0].GetProperty("begin").GetRawText());
        Assert.Equal("""{"sessionId":"default","messages":[{"seq":1,"role":"user","content":"a","timestamp":1},{"seq":2,"role":"assistant","content":"b","timestamp":2}]}""", parts[1].GetProperty("messages").GetRawText());
        Assert.Equal(60, parts[2].GetProperty("session").GetProperty("ttlSeconds").GetInt32());
        Assert.Equal("bcdefghijklmnopqrstuvwxyza", parts[4].GetProperty("schedule").GetProperty("requestId").GetString());
        Assert.Equal("""{"default":"deny"}""", parts[7].GetProperty("policy").GetString());
        Assert.Equal("2026-03-04T05:06:07+00:00", parts[8].GetProperty("end").GetString());
    }

    [Theory]
    [InlineData(128, 1)]
    [InlineData(129, 2)]
    [InlineData(256, 2)]
    public async Task Messages_GoTogether_AndNotTooManyOfThem(int count, int parts)
    {
        Answer((_, _) => Progress);
        using var response = await RestoreAsync([Agent, Default, .. Enumerable.Range(1, count).Select(n => Message(n, "user", "a")), End(sessions: 1, messages: count)]);
        await response.IsJsonAsync();
        Assert.Equal(parts, Parts("messages"));
    }

    [Theory]
    [InlineData(100_000, 2, 1)]
    [InlineData(100_000, 3, 2)]
    [InlineData(300_000, 2, 2)]
    public async Task LongMessages_GoApart(int length, int count, int parts)
    {
        Answer((_, _) => Progress);
        using var response = await RestoreAsync([Agent, Default, .. Enumerable.Range(1, count).Select(n => Message(n, "assistant", new string('a', length))), End(sessions: 1, messages: count)]);
        await response.IsJsonAsync();
        Assert.Equal(parts, Parts("messages"));
    }

    public static TheoryData<string, string[]> NoExports => new()
    {
        { "The export is empty.", [] },
        { "The export has no line end: it is not whole.", [Agent, Default, Message(1, "user", "a")] },
        { "Line 1: the first line, and no other, is of the kind agent.", [Default] },
        { "Line 2: the first line, and no other, is of the kind agent.", [Agent, Agent] },
        { "Line 2: the message is not behind its session.", [Agent, Message(1, "user", "a")] },
        { "Line 3: its kind is not known here; the export may be of a newer version.", [Agent, Default, """{"kind":"dream"}"""] },
        { "Line 2: it is no JSON, or a member is missing or of another type", [Agent, "{}"] },
        { "Line 2: it is no JSON, or a member is missing or of another type", [Agent, "hello"] },
        { "Line 2: it is no JSON, or a member is missing or of another type", [Agent, """{"kind":"session","id":null}"""] },
        { "Line 2: it is no JSON, or a member is missing or of another type", [Agent, "null"] },
        { "Line 3: 1 lines of the kind session were there, and 2 are to be.", [Agent, Default, End(sessions: 2)] },
        { "Line 4: there is a line behind the line end.", [Agent, Default, End(sessions: 1), Default] },
    };

    /// <summary>The agent, if it was begun, is removed.</summary>
    [Theory]
    [MemberData(nameof(NoExports))]
    public async Task WhatIsNoExport_IsRefused_AndNothingStays(string detail, string[] lines)
    {
        Answer((method, _) => method switch { "EraseAll" => Erased, "ListTopics" => """{"value":{"topics":[]}}""", "ForgetDue" => """{"value":{"entries":0}}""", _ => Progress });
        using var response = await RestoreAsync(lines);
        var problem = await response.IsProblemAsync(400, "invalid_export");
        Assert.Equal(detail, problem.GetProperty("detail").GetString());
        Assert.Equal(lines.FirstOrDefault() == Agent, fixture.Sidecar.Calls.Any(call => MethodOf(call) == "EraseAll"));
        Assert.Equal(0, Parts("end"));
    }

    [Fact]
    public async Task AgentThatIsUsed_IsNotTouched()
    {
        Answer((_, _) => """{"refusal":{"code":"agent_exists","detail":"It is."}}""");
        using var response = await RestoreAsync(Agent, Default, End(sessions: 1));
        await response.IsProblemAsync(409, "agent_exists");
        Assert.Equal(["Restore"], fixture.Sidecar.Calls.Select(MethodOf));
    }

    [Theory]
    [InlineData("agent_restoring")]
    [InlineData("agent_erasing")]
    public async Task WhatAnEarlierOneHasLeft_IsRemovedFirst(string code)
    {
        var begun = 0;
        Answer((method, body) => method switch
        {
            "EraseAll" => Erased,
            "ListTopics" => """{"value":{"topics":[]}}""",
            "ForgetDue" => """{"value":{"entries":0}}""",
            _ when body.Contains("\"begin\"", StringComparison.Ordinal) && begun++ == 0 => $$$"""{"refusal":{"code":"{{{code}}}","detail":"It is."}}""",
            _ => Progress,
        });
        using var response = await RestoreAsync(Agent, Default, End(sessions: 1));
        await response.IsJsonAsync();
        Assert.Equal(["Restore", "ListTopics", "EraseAll", "ForgetDue", "Restore", "Restore"], fixture.Sidecar.Calls.Select(MethodOf));
    }

    [Theory]
    [InlineData("Restore", "topic", "too_many_topics")]
    [InlineData("ReserveTopic", "", "topic_full")]
    [InlineData("JoinTopic", "", "topic_full")]
    public async Task TopicThatHasNoPlace_IsSaid_AndTheRestIsThere(string method, string part, string code)
    {
        Answer((called, body) => called == method && body.Contains(part, StringComparison.Ordinal) && !body.Contains("isLeft\":true", StringComparison.Ordinal)
            ? $$$"""{"refusal":{"code":"{{{code}}}","detail":"No place."}}""" : Progress);
        using var response = await RestoreAsync(Agent, Default, """{"kind":"topic","name":"news","joinedAt":"2026-01-02T03:04:05Z"}""", End(sessions: 1, topics: 1));
        var answer = JsonElement.Parse(await response.IsJsonAsync());
        Assert.Equal("""[{"kind":"topic","count":1,"why":"No place."}]""", answer.GetProperty("notRestored").GetRawText());
        Assert.Equal(0, answer.GetProperty("restored").GetProperty("topic").GetInt32());
        Assert.Equal(method == "JoinTopic", fixture.Sidecar.Calls.Any(call => call.Body.Contains("isLeft\":true", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("application/json", null, "alice", 415, "unsupported_media_type")]
    [InlineData("application/x-ndjson", "gzip", "alice", 415, "unsupported_media_type")]
    [InlineData("application/x-ndjson", null, "Alice", 400, "invalid_user_id")]
    [InlineData("application/x-ndjson", null, "alice?tenant=NO", 400, "invalid_request")]
    public async Task RequestThatIsNone_IsRefused(string type, string? encoding, string path, int status, string code)
    {
        fixture.Sidecar.Reset();
        var (user, query) = path.Split('?') is [var name, var parameters] ? (name, "?" + parameters) : (path, "");
        using var content = new StringContent(Agent, Encoding.UTF8, type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        using var response = await _client.PostAsync(new Uri($"/admin/agents/{user}/restore{query}", UriKind.Relative), content, TestContext.Current.CancellationToken);
        await response.IsProblemAsync(status, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    /// <summary>Longer than any other body may be.</summary>
    [Fact]
    public async Task Export_MayBeLong()
    {
        Answer((_, _) => Progress);
        const int Count = 3000;
        using var response = await RestoreAsync([Agent, Default, .. Enumerable.Range(1, Count).Select(n => Message(n, "user", new string('a', 1000))), End(sessions: 1, messages: Count)]);
        Assert.Equal(Count, JsonElement.Parse(await response.IsJsonAsync()).GetProperty("restored").GetProperty("message").GetInt32());
    }

    private static string Message(long seq, string role, string content, string session = "default") =>
        $$"""{"kind":"message","sessionId":"{{session}}","seq":{{seq}},"role":"{{role}}","content":"{{content}}","timestamp":{{seq}}}""";

    private static string End(int sessions = 0, int messages = 0, int schedules = 0, int topics = 0, int events = 0) =>
        $$"""{"kind":"end","sessions":{{sessions}},"messages":{{messages}},"schedules":{{schedules}},"inbox":0,"outbox":0,"topics":{{topics}},"approvals":0,"payments":0,"events":{{events}}}""";

    private static string MethodOf(SidecarCall call) => call.Path[(call.Path.LastIndexOf('/') + 1)..];

    private int Parts(string member) => fixture.Sidecar.Calls.Count(call => call.Body.Contains($"\"{member}\":", StringComparison.Ordinal) && MethodOf(call) == "Restore");

    private void Answer(Func<string, string, string?> answer)
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Agent = call => answer(MethodOf(call), call.Body);
    }

    private Task<HttpResponseMessage> RestoreAsync(params string[] lines)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        return _client.PostAsync(new Uri("/admin/agents/alice/restore?tenant=acme", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }
}
