using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>What the protocol asks of a server's door, a row each.</summary>
public sealed class SecurityTests(McpFixture fixture) : IClassFixture<McpFixture>
{
    private const string List = """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{}}""";

    private readonly RawMcp _client = new(fixture.Owner, Revisions.November2025);

    /// <summary>"If the Origin header is present and invalid, servers MUST respond with HTTP 403" (transports).</summary>
    [Theory]
    [InlineData("http://localhost", true)]
    [InlineData("https://app.example.org", true)]
    [InlineData("null", false)]
    [InlineData("https://evil.example.com", false)]
    [InlineData("https://app.example.org.evil.example.com", false)]
    [InlineData("https://app.example.org:8443", false)]
    [InlineData("http://app.example.org", false)]
    [InlineData("http://localhost.evil.example.com", false)]
    [InlineData("http://localhost:80.evil.example.com", false)]
    [InlineData("http://localhost@evil.example.com", false)]
    [InlineData("http://127.0.0.1", false)]
    [InlineData("localhost", false)]
    public async Task Origin_IsOneOfOursOrRefused(string origin, bool served)
    {
        using var request = _client.Raw(List);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        using var response = await SendAsync(request);
        if (served)
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        else
            await response.IsProblemAsync(403, "foreign_origin");
    }

    [Fact]
    public async Task WithoutAnOrigin_ItIsServed()
    {
        using var response = await SendAsync(_client.Raw(List));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>DNS rebinding: the name is the attacker's, the address is ours.</summary>
    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1:8080", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("evil.example.com", false)]
    [InlineData("localhost.evil.example.com", false)]
    [InlineData("127.0.0.1.nip.io", false)]
    public async Task Host_IsThisMachineOrRefused(string host, bool served)
    {
        using var request = _client.Raw(List);
        request.Headers.Host = host;
        using var response = await SendAsync(request);
        if (served)
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        else
            await response.IsProblemAsync(403, "foreign_host");
    }

    /// <summary>What a form or a simple request of a page can send without being asked.</summary>
    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("")]
    public async Task OtherMediaTypes_AreRefused(string type)
    {
        using var request = _client.Raw(List);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(List));
        if (type.Length > 0)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await SendAsync(request);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData("1900-01-01")]
    [InlineData("2099-01-01")]
    [InlineData("x")]
    public async Task UnknownRevision_Is400(string revision)
    {
        using var request = _client.Raw(List);
        request.Headers.Remove("MCP-Protocol-Version");
        request.Headers.Add("MCP-Protocol-Version", revision);
        using var response = await SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(-32022, (await RawMcp.MessageOf(response)).GetProperty("error").GetProperty("code").GetInt32());
    }

    /// <summary>2026-07-28: what a proxy sees in headers is what is in the body.</summary>
    [Theory]
    [InlineData("Mcp-Method", "tools/call", -32020)]
    [InlineData("Mcp-Method", null, -32020)]
    [InlineData("Mcp-Name", "get_info", -32020)]
    [InlineData("Mcp-Name", null, -32020)]
    public async Task HeaderThatIsNotTheBodys_Is400(string header, string? value, int code)
    {
        using var request = new RawMcp(fixture.Owner).Request(header == "Mcp-Method" ? "tools/list" : "tools/call", header == "Mcp-Method" ? null : new JsonObject { ["name"] = "get_budget" });
        request.Headers.Remove(header);
        if (value is not null)
            request.Headers.Add(header, value);
        using var response = await SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(code, (await RawMcp.MessageOf(response)).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData("protocolVersion", null, -32602)]
    [InlineData("protocolVersion", "2025-11-25", -32020)]
    [InlineData("clientCapabilities", null, -32602)]
    [InlineData("clientCapabilities", "x", -32602)]
    public async Task MetadataThatIsMissingOrNotTheHeaders_Is400(string member, string? value, int code)
    {
        var client = new RawMcp(fixture.Owner);
        using var whole = client.Request("tools/list");
        var body = JsonNode.Parse(await whole.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        var meta = body["params"]!["_meta"]!.AsObject();
        meta.Remove(RawMcp.MetaPrefix + member);
        if (value is not null)
            meta[RawMcp.MetaPrefix + member] = value;
        using var request = client.Raw(body.ToJsonString());
        request.Headers.Add("Mcp-Method", "tools/list");
        using var response = await SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(code, (await RawMcp.MessageOf(response)).GetProperty("error").GetProperty("code").GetInt32());
    }

    /// <summary>Never 500, whatever comes; and the next request is served.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("[" + List + "," + List + "]")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"jsonrpc":"1.0","id":7,"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":7}""")]
    [InlineData("""{"jsonrpc":"2.0","id":7}""")]
    [InlineData("""{"jsonrpc":2.0,"id":7,"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":9223372036854775808,"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1e400,"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"error":7}""")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"id":8,"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"_meta":{"a":1,"a":2}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"\ud800"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"send_message","arguments":{"content":"\ud800"}}}""")]
    public async Task BodyThatIsNoMessage_Is400(string body)
    {
        fixture.Sidecar.Reset();
        using var response = await SendAsync(_client.Raw(body));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var message = await RawMcp.MessageOf(response);
        Assert.Equal("2.0", message.GetProperty("jsonrpc").GetString());
        // The SDK says of what type of its own a body is none.
        Assert.DoesNotContain("ModelContextProtocol", message.GetRawText(), StringComparison.Ordinal);
        Assert.Empty(fixture.Sidecar.Calls);
        await _client.ResultAsync("tools/list");
    }

    /// <summary>Members that JSON-RPC does not know, and those of answers, change nothing: the SDK would refuse the message, and say of what type of its own it is none.</summary>
    [Theory]
    [InlineData("\"more\":{\"a\":[1]}")]
    [InlineData("\"_meta\":7")]
    [InlineData("\"error\":\"x\"")]
    [InlineData("\"error\":{\"code\":\"a\"}")]
    [InlineData("\"pa\ufefframs\":{}")]
    [InlineData("\"result\":{}")]
    public async Task MembersThatAreNotOfAMessage_ArePassedOver(string member)
    {
        using var response = await SendAsync(_client.Raw($$"""{"jsonrpc":"2.0","id":7,{{member}},"method":"tools/list","params":{} }"""));
        Assert.NotEmpty((await RawMcp.MessageOf(response)).GetProperty("result").GetProperty("tools").EnumerateArray());
    }

    /// <summary>The SDK's handshake throws at these before it has begun an answer.</summary>
    [Theory]
    [InlineData("7", "{}")]
    [InlineData("\"a\"", """{"protocolVersion":"2025-11-25","capabilities":{}}""")]
    [InlineData("7", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":0}""")]
    [InlineData("7", """{"protocolVersion":"2025-11-25","clientInfo":{"name":"t","version":"1"}}""")]
    [InlineData("7", """{"capabilities":{},"clientInfo":{"name":"t","version":"1"}}""")]
    [InlineData("7", "[]")]
    public async Task HandshakeWithOtherParameters_Is400_WithItsId(string id, string parameters)
    {
        using var response = await SendAsync(_client.Raw($$"""{"jsonrpc":"2.0","id":{{id}},"method":"initialize","params":{{parameters}}}"""));
        var message = await RawMcp.MessageOf(response);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal((id, -32602), (message.GetProperty("id").GetRawText(), message.GetProperty("error").GetProperty("code").GetInt32()));
        AssertLeaksNothing(message.GetRawText());
    }

    /// <summary>Messages that are well formed and mean nothing: errors of the protocol, in its own words. The SDK calls parameters of another type -32603.</summary>
    [Theory]
    [InlineData("\"nothing\"", -32601)]
    [InlineData("\"tools/call\"", -32602)]
    [InlineData("\"resources/read\"", -32602)]
    [InlineData("\"prompts/get\"", -32602)]
    [InlineData("\"completion/complete\"", -32602)]
    [InlineData("""
        "tools/call","params":{"name":""}
        """, -32602)]
    [InlineData("""
        "tools/call","params":{"name":null}
        """, -32602)]
    [InlineData("""
        "resources/read","params":{"uri":null}
        """, -32602)]
    [InlineData("""
        "prompts/get","params":{"name":null}
        """, -32602)]
    [InlineData("""
        "completion/complete","params":{"ref":{"type":"ref/prompt","name":"catch_up"},"argument":null}
        """, -32602)]
    [InlineData("""
        "tools/call","params":{}
        """, -32603)]
    [InlineData("""
        "tools/call","params":[]
        """, -32603)]
    [InlineData("""
        "tools/call","params":{"name":7}
        """, -32602)]
    [InlineData("""
        "tools/call","params":{"name":"get_info","arguments":7}
        """, -32603)]
    [InlineData("""
        "tools/call","params":{"name":"get_info","_meta":7}
        """, -32603)]
    public async Task MessageThatMeansNothing_IsAnError(string method, int code)
    {
        using var response = await SendAsync(_client.Raw($$"""{"jsonrpc":"2.0","id":7,"method":{{method}}}"""));
        var error = (await RawMcp.MessageOf(response)).GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetInt32());
        AssertLeaksNothing(error.GetRawText());
    }

    [Theory]
    [InlineData(20, HttpStatusCode.OK)]
    [InlineData(40, HttpStatusCode.BadRequest)]
    [InlineData(20_000, HttpStatusCode.BadRequest)]
    public async Task DeepNesting_IsRefused(int levels, HttpStatusCode status)
    {
        var nested = string.Concat(Enumerable.Repeat("[", levels)) + string.Concat(Enumerable.Repeat("]", levels));
        using var response = await SendAsync(_client.Raw($$$"""{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"x":{{{nested}}}}}"""));
        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(1, 413)]
    public async Task BodyOverTheLimit_Is413(int over, int status)
    {
        var body = List + new string(' ', (1024 * 1024) - List.Length + over);
        using var response = await SendAsync(_client.Raw(body));
        Assert.Equal(status, (int)response.StatusCode);
        if (status == 413)
            await response.IsProblemAsync(413, "body_too_large");
    }

    [Fact]
    public async Task BodyOfUnknownLength_IsCutOffToo()
    {
        using var request = _client.Raw(List);
        request.Content = new StreamContent(new EndlessBlanks());
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using var response = await SendAsync(request);
        await response.IsProblemAsync(413, "body_too_large");
    }

    [Fact]
    public async Task BytesThatAreNotUtf8_AreRefused()
    {
        using var request = _client.Raw(List);
        request.Content = new ByteArrayContent([.. """{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"x":"""u8, (byte)'"', 0xC3, 0x28, (byte)'"', .. "}}"u8]);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using var response = await SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    /// <summary>A session of former times, or of nobody, is 404, so that the client begins anew; a session is no credential for anything.</summary>
    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task SessionThatNobodyKnows_Is404(string method)
    {
        using var request = _client.Raw(List);
        request.Method = new HttpMethod(method);
        request.Headers.Add("Mcp-Session-Id", "c2Vzc2lvbg");
        using var response = await SendAsync(request);
        await response.IsProblemAsync(404, "not_found");
    }

    [Fact]
    public async Task InTheNewestRevision_ASessionIsIgnored_AndNoneIsMade()
    {
        using var request = new RawMcp(fixture.Owner).Request("tools/list");
        request.Headers.Add("Mcp-Session-Id", "c2Vzc2lvbg");
        using var response = await SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("Mcp-Session-Id"));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task StreamsAndEndsOfSessions_Are405(string method)
    {
        using var request = _client.Raw(List);
        request.Method = new HttpMethod(method);
        request.Content = null;
        using var response = await SendAsync(request);
        await response.IsProblemAsync(405, "method_not_allowed");
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/event-stream")]
    [InlineData("text/html")]
    public async Task AnswerThatTheClientDoesNotTake_Is406(string accept)
    {
        using var request = _client.Raw(List);
        request.Headers.Remove("Accept");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await SendAsync(request);
        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
    }

    [Theory]
    [InlineData("Alice")]
    [InlineData("a!")]
    [InlineData(".")]
    [InlineData("default:alice")]
    public async Task AgentThatCannotBe_Is404(string user)
    {
        fixture.Sidecar.Reset();
        using var request = new RawMcp(fixture.Owner, Revisions.November2025, $"/agent/{user}/mcp").Raw(List);
        using var response = await SendAsync(request);
        await response.IsProblemAsync(404, "not_found");
        Assert.Empty(fixture.Sidecar.Calls);
    }

    /// <summary>Whoever is not the owner sees what is for sale and calls nothing else.</summary>
    [Fact]
    public async Task Stranger_SeesPaidToolsAlone()
    {
        fixture.Sidecar.Reset();
        var stranger = new RawMcp(fixture.Stranger);
        var tools = (await stranger.ResultAsync("tools/list")).GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString());
        Assert.Equal(["forecast", "premium_analysis"], tools);
        foreach (var name in new[] { "send_message", "get_history", "get_info", "get_budget", "list_payments", "send_to_agent" })
            Assert.Equal(-32602, (await stranger.ErrorAsync("tools/call", new JsonObject { ["name"] = name, ["arguments"] = new JsonObject { ["content"] = "x" } })).Code);
        Assert.All(fixture.Sidecar.Calls, call => Assert.EndsWith("/GetSales", call.Path, StringComparison.Ordinal));
    }

    /// <summary>No token passthrough (MUST NOT): what goes on carries none of the caller's headers.</summary>
    [Fact]
    public async Task TokenOfTheCaller_StaysOutside()
    {
        fixture.Sidecar.Reset();
        using var request = _client.Request("tools/call", new JsonObject { ["name"] = "send_message", ["arguments"] = new JsonObject { ["content"] = "hi" } });
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer secret");
        request.Headers.TryAddWithoutValidation("Cookie", "a=b");
        request.Headers.TryAddWithoutValidation("dapr-api-token", "mine");
        using var response = await SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var headers = Assert.Single(fixture.Sidecar.Calls).Headers;
        Assert.Equal("sidecar-token", headers["dapr-api-token"]);
        Assert.DoesNotContain(headers, header => header.Value.Contains("secret", StringComparison.Ordinal) || header.Key is "Authorization" or "Cookie");
    }

    [Fact]
    public async Task AgentThatFails_SaysNothingOfWhy()
    {
        fixture.Sidecar.Reset();
        var broken = FakeSidecar.Error(500, "ERR_ACTOR_INVOKE_METHOD", "error from actor service: (500) System.InvalidOperationException at Secret.cs:7");
        fixture.Sidecar.Then(broken, broken, broken);
        var result = await _client.CallAsync("get_info");
        Assert.True(result.GetProperty("isError").GetBoolean());
        Assert.StartsWith("agent_failed: ", result.GetProperty("content")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        AssertLeaksNothing(result.GetRawText());
    }

    /// <summary>A page of a configured origin may send the protocol's headers.</summary>
    [Fact]
    public async Task Preflight_AllowsTheHeadersOfMcp()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/agent/alice/mcp");
        request.Headers.Add("Origin", "https://app.example.org");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using var response = await SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var allowed = string.Join(", ", response.Headers.GetValues("Access-Control-Allow-Headers"));
        Assert.All(["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Session-Id"], (string name) => Assert.Contains(name, allowed, StringComparison.Ordinal));
    }

    private static void AssertLeaksNothing(string text)
    {
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".cs", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => fixture.Owner.SendAsync(request, TestContext.Current.CancellationToken);

    /// <summary>More than any server reads.</summary>
    private sealed class EndlessBlanks : Stream
    {
        private long _left = 64 * 1024 * 1024;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            count = (int)Math.Min(count, _left);
            buffer.AsSpan(offset, count).Fill((byte)' ');
            _left -= count;
            return count;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
