using System.Net.Http.Headers;
using System.Text;

namespace AgentMesh.Gateway.Tests.Agents;

/// <summary>Whatever is posted is a 4xx problem with a stable type, and the agent is not called.</summary>
public sealed class MessageInputTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const int MaxContentBytes = 64 * 1024;
    private const int MaxBodyBytes = 1024 * 1024;
    private readonly HttpClient _client = fixture.Gateway.Client();

    public static TheoryData<string, string, string?> BadBodies => new()
    {
        { "", "invalid_json", null },
        { " ", "invalid_json", null },
        { "{", "invalid_json", null },
        { "}", "invalid_json", null },
        { """{"content":"hi" """, "invalid_json", null },
        { """{"content":"hi"}x""", "invalid_json", null },
        { """{"content":"hi"}{"content":"hi"}""", "invalid_json", null },
        { """{"content":"hi",}""", "invalid_json", null },
        { """{"content":"hi"/*c*/}""", "invalid_json", null },
        { """{'content':'hi'}""", "invalid_json", null },
        { """{content:"hi"}""", "invalid_json", null },
        { """{"content":hi}""", "invalid_json", null },
        { """{"content":"a\x"}""", "invalid_json", null },
        { "{\"content\":\"a\nb\"}", "invalid_json", null },
        { """{"content":"hi","other":NaN}""", "invalid_json", null },
        { "\uFEFF{\"content\":\"hi\"}", "invalid_json", null },
        { "content=hi", "invalid_json", null },
        { "null", "invalid_request", null },
        { "true", "invalid_request", null },
        { "5", "invalid_request", null },
        { "\"hi\"", "invalid_request", null },
        { "[]", "invalid_request", null },
        { """[{"content":"hi"}]""", "invalid_request", null },
        { """{"content":5}""", "invalid_request", "content" },
        { """{"content":true}""", "invalid_request", "content" },
        { """{"content":["hi"]}""", "invalid_request", "content" },
        { """{"content":{"a":1}}""", "invalid_request", "content" },
        { """{"content":"hi","sessionId":5}""", "invalid_request", "sessionId" },
        { """{"content":"hi","sessionId":{}}""", "invalid_request", "sessionId" },
        { """{"content":"hi","content":"hi"}""", "invalid_request", "content" },
        { """{"content":null,"content":"hi"}""", "invalid_request", "content" },
        { """{"content":"hi","\u0063ontent":"ho"}""", "invalid_request", "content" },
        { """{"content":"\ud800"}""", "invalid_request", "content" },
        { """{"content":"\udc00\ud800"}""", "invalid_request", "content" },
        { """{"content":"a\ud83dz"}""", "invalid_request", "content" },
        { """{"content":"hi","sessionId":"\udead"}""", "invalid_request", "sessionId" },
        { "{}", "invalid_content", "content" },
        { """{"Content":"hi"}""", "invalid_content", "content" },
        { """{"message":"hi"}""", "invalid_content", "content" },
        { """{"content":null}""", "invalid_content", "content" },
        { """{"content":""}""", "invalid_content", "content" },
        { """{"content":"   "}""", "invalid_content", "content" },
        { """{"content":"\n\t\u3000"}""", "invalid_content", "content" },
        { Content(new string('a', MaxContentBytes + 1)), "invalid_content", "content" },
        { Content(new string('ä', MaxContentBytes / 2) + "a"), "invalid_content", "content" },
        { Content(new string('a', MaxBodyBytes - 20)), "invalid_content", "content" },
        { Nested("[", "]", 32), "invalid_json", null },
        { Nested("""{"x":""", "}", 32), "invalid_json", null },
        { Nested("[", "]", 200_000), "invalid_json", null },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task BadBody_IsRefusedWithoutACall(string body, string code, string? member)
    {
        using var response = await PostAsync(Json(Encoding.UTF8.GetBytes(body)));
        var problem = await response.IsProblemAsync(400, code);
        Assert.Equal(member is not null, problem.TryGetProperty("errors", out var errors));
        if (member is not null)
        {
            Assert.Equal(member, Assert.Single(errors.EnumerateObject()).Name);
            Assert.Contains(member, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0x80)]
    [InlineData(0xC0)]
    public async Task InvalidUtf8_IsRefused_AlsoInAMemberNobodyReads(byte bad)
    {
        byte[][] bodies = [[.. """{"content":"hi"""u8, bad, .. "\"}"u8], [.. """{"content":"hi","other":"x"""u8, bad, .. "\"}"u8]];
        foreach (var body in bodies)
        {
            using var response = await PostAsync(Json(body));
            await response.IsProblemAsync(400, "invalid_json");
        }

        Assert.Empty(fixture.Sidecar.Calls);
    }

    public static TheoryData<string, string> GoodBodies => new()
    {
        { """{"content":"hi","other":[1,{"content":5}],"more":null}""", "hi" },
        { """{"other":1,"other":2,"content":"hi"}""", "hi" },
        { """ { "sessionId" : null , "content" : "a\u00e4\ud83d\ude00\u0000" } """, "aä😀\0" },
        { Content(new string('a', MaxContentBytes)), new string('a', MaxContentBytes) },
        { Content(new string('ä', MaxContentBytes / 2)), new string('ä', MaxContentBytes / 2) },
        { Content(string.Concat(Enumerable.Repeat("\\u0041", MaxContentBytes))), new string('A', MaxContentBytes) },
        { Nested("[", "]", 31), "hi" },
    };

    [Theory]
    [MemberData(nameof(GoodBodies))]
    public async Task GoodBody_ReachesTheActorUnchanged(string body, string content)
    {
        using var response = await PostAsync(Json(Encoding.UTF8.GetBytes(body)));
        await response.IsJsonAsync();
        var sent = System.Text.Json.JsonDocument.Parse(Assert.Single(fixture.Sidecar.Calls).Body);
        Assert.Equal(content, sent.RootElement.GetProperty("content").GetString());
    }

    [Theory]
    [InlineData(MaxBodyBytes, false, 400, "invalid_content")]
    [InlineData(MaxBodyBytes, true, 400, "invalid_content")]
    [InlineData(MaxBodyBytes + 1, false, 413, "body_too_large")]
    [InlineData(MaxBodyBytes + 1, true, 413, "body_too_large")]
    public async Task BodyAtTheLimit(int bytes, bool chunked, int status, string code)
    {
        var body = Encoding.UTF8.GetBytes(Content(new string('a', bytes - Content("").Length)));
        Assert.Equal(bytes, body.Length);
        using var response = await PostAsync(chunked ? new ChunkedContent(body) : Json(body));
        await response.IsProblemAsync(status, code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("Application/JSON", true)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("application/json;charset=\"UTF-8\"", true)]
    [InlineData("application/json; profile=x", true)]
    [InlineData("application/vnd.agentmesh.v1+json", true)]
    [InlineData("application/problem+json; charset=utf-8", true)]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("text/plain", false)]
    [InlineData("text/json", false)]
    [InlineData("application/x-www-form-urlencoded", false)]
    [InlineData("multipart/form-data; boundary=x", false)]
    [InlineData("application/jsonx", false)]
    [InlineData("application/*", false)]
    [InlineData("*/*", false)]
    [InlineData("json", false)]
    [InlineData("application/json; charset=utf-16", false)]
    [InlineData("application/json; charset=iso-8859-1", false)]
    [InlineData("application/json; charset=utf-8; charset=utf-16", false)]
    [InlineData("application/json, text/plain", false)]
    public async Task ContentType_MustBeJson(string? contentType, bool accepted)
    {
        var content = new ByteArrayContent("""{"content":"hi"}"""u8.ToArray());
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await PostAsync(content);
        if (accepted)
            await response.IsJsonAsync();
        else
            await response.IsProblemAsync(415, "unsupported_media_type");
        Assert.Equal(accepted ? 1 : 0, fixture.Sidecar.Calls.Count);
    }

    [Fact]
    public async Task CompressedBody_IsRefused()
    {
        var content = Json([0x1f, 0x8b, 8]);
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await PostAsync(content);
        await response.IsProblemAsync(415, "unsupported_media_type");
    }

    public static TheoryData<string[], bool> Keys => new()
    {
        { ["k"], true },
        { [new string('k', 128)], true },
        { ["\"8e03978e-40d5-43dd-bc93-6894a57f9324\""], true },
        { [" "], false },
        { ["a b"], false },
        { ["a\tb"], false },
        { ["ä"], false },
        { [new string('k', 129)], false },
        { ["a", "b"], false },
        { ["a", "a"], false },
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task IdempotencyKey_IsVisibleAscii(string[] values, bool accepted)
    {
        using var response = await PostAsync(Json("""{"content":"hi"}"""u8.ToArray()), values);
        if (accepted)
            await response.IsJsonAsync();
        else
            await response.IsProblemAsync(400, "invalid_idempotency_key");
        Assert.Equal(accepted ? 1 : 0, fixture.Sidecar.Calls.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("page:1")]
    [InlineData("ABC")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task SessionThatCannotExist_IsNotFound(string session)
    {
        using var response = await PostAsync(Json(Encoding.UTF8.GetBytes($$"""{"content":"hi","sessionId":"{{session}}"}""")));
        await response.IsProblemAsync(404, "session_not_found");
        Assert.Empty(fixture.Sidecar.Calls);
    }

    private async Task<HttpResponseMessage> PostAsync(HttpContent content, params string[] keys)
    {
        fixture.Sidecar.Reset();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/agent/alice/message", UriKind.Relative)) { Content = content };
        foreach (var key in keys)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static ByteArrayContent Json(byte[] body) => new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static string Content(string content) => $$"""{"content":"{{content}}"}""";

    private static string Nested(string open, string close, int levels) =>
        $$"""{"content":"hi","other":{{string.Concat(Enumerable.Repeat(open, levels))}}{{(open == "[" ? "" : "1")}}{{string.Concat(Enumerable.Repeat(close, levels))}}}""";

    private sealed class ChunkedContent : HttpContent
    {
        private readonly byte[] _body;

        public ChunkedContent(byte[] body)
        {
            _body = body;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => stream.WriteAsync(_body).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
