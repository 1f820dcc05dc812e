using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentMesh.Gateway.Tests.Topics;

public sealed partial class TopicTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string News = "/agent/alice/topics/news";
    private const string Messages = News + "/messages";
    private const string Listed = """{"value":{"topics":[{"name":"news","joinedAt":"2026-01-02T03:04:05.678+00:00"}]}}""";

    private readonly HttpClient _client = fixture.Gateway.Client();

    [Fact]
    public async Task Join_AsksTheTopic_NotesItFirst_AndOnceMore()
    {
        Answers();
        using var response = await SendAsync(HttpMethod.Post, News);
        Assert.Equal("""{"name":"news","members":2}""", await response.IsJsonAsync());
        Assert.Equal(
            [
                """TopicActor/default:news/ReserveTopic {"user":"alice"}""",
                """AgentActor/default:alice/NoteTopic {"name":"news","isLeft":false}""",
                """TopicActor/default:news/JoinTopic {"user":"alice"}""",
                """AgentActor/default:alice/NoteTopic {"name":"news","isLeft":false}""",
            ],
            Calls());
    }

    /// <summary>An agent that would begin with this leaves nothing.</summary>
    [Fact]
    public async Task Join_OfAFullTopic_ReachesNoAgent()
    {
        Answers(reserve: """{"refusal":{"code":"topic_full","detail":"No."}}""");
        using var response = await SendAsync(HttpMethod.Post, News);
        await response.IsProblemAsync(409, "topic_full");
        Assert.Equal(["ReserveTopic"], Calls().Select(call => call.Split('/', ' ')[2]));
    }

    [Fact]
    public async Task Join_WhosePlaceIsNotKeptLongEnough_IsTakenOffTheListAgain()
    {
        Answers(join: """{"refusal":{"code":"topic_full","detail":"No."}}""");
        using var response = await SendAsync(HttpMethod.Post, News);
        await response.IsProblemAsync(409, "topic_full");
        Assert.Equal("""AgentActor/default:alice/NoteTopic {"name":"news","isLeft":true}""", Calls()[^1]);
    }

    [Fact]
    public async Task Join_OfTooMany_ReachesNoTopic()
    {
        Answers(note: """{"refusal":{"code":"too_many_topics","detail":"No."}}""");
        using var response = await SendAsync(HttpMethod.Post, News);
        await response.IsProblemAsync(409, "too_many_topics");
        Assert.Equal(["ReserveTopic", "NoteTopic"], Calls().Select(call => call.Split('/', ' ')[2]));
    }

    [Theory]
    [InlineData("""["bob"]""", false)]
    [InlineData("""["alice","bob"]""", true)]
    public async Task Leave_IsTakenOffTheListLast_UnlessItHasJoinedAgain(string members, bool isNoted)
    {
        Answers(members: members);
        using var response = await SendAsync(HttpMethod.Delete, News);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(
            [
                """TopicActor/default:news/LeaveTopic {"user":"alice"}""",
                """AgentActor/default:alice/NoteTopic {"name":"news","isLeft":true}""",
                "TopicActor/default:news/GetTopic ",
                .. isNoted ? ["""AgentActor/default:alice/NoteTopic {"name":"news","isLeft":false}"""] : Array.Empty<string>(),
            ],
            Calls());
    }

    [Fact]
    public async Task List_ShowsThem()
    {
        Answers();
        using var response = await SendAsync(HttpMethod.Get, "/agent/alice/topics");
        Assert.Equal("""{"topics":[{"name":"news","joinedAt":"2026-01-02T03:04:05.678Z"}]}""", await response.IsJsonAsync());
    }

    [Fact]
    public async Task Message_GoesToAllButTheSender_InOneCall()
    {
        Answers(members: """["alice","bob","carol"]""");
        using var request = Request(HttpMethod.Post, Messages, """{"content":"hi","deadlineSeconds":60}""");
        request.Headers.Add("Idempotency-Key", "k1");
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(
            """{"messageId":"1-a","messageIds":["1-a","2-a"],"recipients":2}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            """AgentActor/default:alice/SendMail {"requestId":"R","idempotencyKey":"k1","to":["default:bob","default:carol"],"content":"hi","deadlineSeconds":60,"topic":"news"}""",
            RequestIds().Replace(Calls()[^1], "\"requestId\":\"R\""));
    }

    [Fact]
    public async Task Message_OfNoMember_IsRefused_AndOfTheOnlyOneReachesNobody()
    {
        Answers(members: """["bob"]""");
        using var refused = await SendAsync(HttpMethod.Post, Messages, """{"content":"hi"}""");
        await refused.IsProblemAsync(403, "topic_not_joined");
        Answers(members: """["alice"]""");
        using var alone = await SendAsync(HttpMethod.Post, Messages, """{"content":"hi"}""");
        Assert.Equal(HttpStatusCode.Accepted, alone.StatusCode);
        Assert.Equal("""{"messageId":null,"messageIds":[],"recipients":0}""", await alone.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Single(Calls());
    }

    [Theory]
    [InlineData("outbox_full", 429)]
    [InlineData("mail_rate_limited", 429)]
    [InlineData("idempotency_key_reused", 409)]
    public async Task Message_ThatTheAgentRefuses_IsRefused(string code, int status)
    {
        Answers(send: $$$"""{"refusal":{"code":"{{{code}}}","detail":"No."}}""");
        using var response = await SendAsync(HttpMethod.Post, Messages, """{"content":"hi"}""");
        await response.IsProblemAsync(status, code);
    }

    [Theory]
    [InlineData("POST", "/agent/alice/topics/News", null, "invalid_topic")]
    [InlineData("DELETE", "/agent/alice/topics/a:b", null, "invalid_topic")]
    [InlineData("POST", "/agent/alice/topics/.news/messages", """{"content":"hi"}""", "invalid_topic")]
    [InlineData("POST", Messages, """{"content":" "}""", "invalid_content")]
    [InlineData("POST", Messages, "{}", "invalid_content")]
    [InlineData("POST", Messages, """{"content":"hi","deadlineSeconds":0}""", "invalid_mail")]
    [InlineData("POST", Messages, """{"content":"hi","deadlineSeconds":86401}""", "invalid_mail")]
    [InlineData("POST", Messages, """{"content":"hi","deadlineSeconds":"60"}""", "invalid_mail")]
    [InlineData("POST", Messages, "[]", "invalid_request")]
    [InlineData("POST", Messages, "{", "invalid_json")]
    public async Task BadRequest_ReachesNobody(string method, string path, string? body, string code)
    {
        Answers();
        using var response = await SendAsync(new HttpMethod(method), path, body);
        await response.IsProblemAsync(400, code);
        Assert.Empty(Calls());
    }

    [Fact]
    public async Task Erasing_LeavesAllTopicsFirst()
    {
        Answers();
        using var response = await SendAsync(HttpMethod.Delete, "/agent/alice");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            ["AgentActor/default:alice/ListTopics ", """TopicActor/default:news/LeaveTopic {"user":"alice"}""", "AgentActor/default:alice/EraseAll"],
            Calls().Take(3).Select(call => call.Contains("EraseAll", StringComparison.Ordinal) ? call.Split(' ')[0] : call));
    }

    [Fact]
    public async Task Erasing_DoesNotBegin_WhileATopicIsNotLeft()
    {
        Answers(leave: """{"refusal":{"code":"agent_unavailable","detail":"No."}}""");
        using var response = await SendAsync(HttpMethod.Delete, "/agent/alice");
        await response.IsProblemAsync(503, "agent_unavailable");
        Assert.DoesNotContain(Calls(), call => call.Contains("EraseAll", StringComparison.Ordinal));
    }

    [GeneratedRegex("\"requestId\":\"[0-9a-f]{32}\"")]
    private static partial Regex RequestIds();

    private void Answers(
        string members = """["alice","bob"]""", string? reserve = null, string note = Listed, string? join = null, string? leave = null,
        string send = """{"value":{"messageIds":["1-a","2-a"]}}""")
    {
        var view = $$$"""{"value":{"members":{{{members}}}}}""";
        fixture.Sidecar.Reset();
        fixture.Sidecar.Agent = call => call.Path[(call.Path.LastIndexOf('/') + 1)..] switch
        {
            "NoteTopic" => note,
            "ListTopics" => Listed,
            "ReserveTopic" => reserve ?? view,
            "JoinTopic" => join ?? view,
            "LeaveTopic" => leave ?? view,
            "GetTopic" => view,
            "SendMail" => send,
            "EraseAll" => """{"value":{"isDone":true,"records":{}}}""",
            "ForgetDue" => """{"value":{"entries":0,"wallets":0}}""",
            _ => null,
        };
    }

    private List<string> Calls() =>
        [.. fixture.Sidecar.Calls.Select(call => $"{call.Path[(call.Path.IndexOf("/actors/", StringComparison.Ordinal) + 8)..].Replace("/method", "", StringComparison.Ordinal)} {Plain(call.Body)}")];

    private static string Plain(string body) => body.Length == 0 || body == "null" ? "" : JsonSerializer.Serialize(JsonElement.Parse(body));

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null) => _client.SendAsync(Request(method, path, body), TestContext.Current.CancellationToken);

    private static HttpRequestMessage Request(HttpMethod method, string path, string? body) =>
        new(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
}
