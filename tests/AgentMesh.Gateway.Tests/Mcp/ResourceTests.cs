using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>Resources, the prompt and completions.</summary>
public sealed class ResourceTests(McpFixture fixture) : IClassFixture<McpFixture>
{
    public static TheoryData<string> AllRevisions => [.. Revisions.All];

    [Theory]
    [MemberData(nameof(AllRevisions))]
    public async Task Resources_AreTheAgentsOwn(string revision)
    {
        fixture.Sidecar.Reset();
        var client = new RawMcp(fixture.Owner, revision);
        var list = await client.ResultAsync("resources/list");
        Assert.Equal(["agent://alice/history", "agent://alice/info"], Texts(list.GetProperty("resources"), "uri"));
        Assert.Equal(revision == Revisions.Newest, list.TryGetProperty("cacheScope", out _));
        Assert.Equal(["agent://alice/history/{sessionId}"], Texts((await client.ResultAsync("resources/templates/list")).GetProperty("resourceTemplates"), "uriTemplate"));
    }

    [Theory]
    [InlineData("agent://alice/history", "GetHistory", """{"limit":100}""")]
    [InlineData("agent://alice/history/abc", "GetHistory", """{"sessionId":"abc","limit":100}""")]
    [InlineData("agent://alice/info", "GetInfo", "")]
    public async Task Resource_IsReadOfTheAgent(string uri, string method, string request)
    {
        fixture.Sidecar.Reset();
        var result = await new RawMcp(fixture.Owner).ResultAsync("resources/read", new JsonObject { ["uri"] = uri });
        var content = result.GetProperty("contents")[0];
        Assert.Equal((uri, "application/json"), (content.GetProperty("uri").GetString(), content.GetProperty("mimeType").GetString()));
        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(content.GetProperty("text").GetString()!).ValueKind);
        Assert.Equal(("private", 0), (result.GetProperty("cacheScope").GetString(), result.GetProperty("ttlMs").GetInt32()));
        var call = fixture.Sidecar.Calls[0];
        Assert.EndsWith("/default:alice/method/" + method, call.Path, StringComparison.Ordinal);
        if (request.Length > 0)
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(request), JsonElement.Parse(call.Body)), call.Body);
    }

    [Theory]
    [InlineData("agent://bob/history")]
    [InlineData("agent://alice.evil/history")]
    [InlineData("agent://ALICE/history")]
    [InlineData("agent://alice/history/")]
    [InlineData("agent://alice/history/A!")]
    [InlineData("agent://alice/../bob/history")]
    [InlineData("agent://alice/payments")]
    [InlineData("file:///etc/passwd")]
    public async Task ForeignOrUnknownResource_IsNotThere(string uri)
    {
        fixture.Sidecar.Reset();
        var error = (await new RawMcp(fixture.Owner).SendAsync("resources/read", new JsonObject { ["uri"] = uri })).GetProperty("error");
        Assert.Equal((-32602, uri), (error.GetProperty("code").GetInt32(), error.GetProperty("data").GetProperty("uri").GetString()));
        Assert.Equal(-32002, (await new RawMcp(fixture.Owner, Revisions.November2025).ErrorAsync("resources/read", new JsonObject { ["uri"] = uri })).Code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task SessionThatIsNot_IsNotThereEither()
    {
        fixture.Sidecar.Reset();
        fixture.Sidecar.Then(FakeSidecar.Text(200, """{"refusal":{"code":"session_not_found","detail":"No."}}"""));
        Assert.Equal(-32002, (await new RawMcp(fixture.Owner, Revisions.June2025).ErrorAsync("resources/read", new JsonObject { ["uri"] = "agent://alice/history/zz" })).Code);
    }

    [Theory]
    [MemberData(nameof(AllRevisions))]
    public async Task Prompt_HasTheConversationInIt(string revision)
    {
        fixture.Sidecar.Reset();
        var client = new RawMcp(fixture.Owner, revision);
        Assert.Equal(["catch_up"], Texts((await client.ResultAsync("prompts/list")).GetProperty("prompts"), "name"));
        var messages = (await client.ResultAsync("prompts/get", new JsonObject { ["name"] = "catch_up", ["arguments"] = new JsonObject { ["sessionId"] = "abc" } })).GetProperty("messages");
        var resource = messages[0].GetProperty("content").GetProperty("resource");
        Assert.Equal("agent://alice/history/abc", resource.GetProperty("uri").GetString());
        Assert.Contains("You said: hi", resource.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("text", messages[1].GetProperty("content").GetProperty("type").GetString());
    }

    [Fact]
    public async Task UnknownPrompt_IsRefused() =>
        Assert.Equal(-32602, (await new RawMcp(fixture.Owner).ErrorAsync("prompts/get", new JsonObject { ["name"] = "x" })).Code);

    [Theory]
    [InlineData("""{"type":"ref/prompt","name":"catch_up"}""", "sessionId", "", "default,abc")]
    [InlineData("""{"type":"ref/prompt","name":"catch_up"}""", "sessionId", "a", "abc")]
    [InlineData("""{"type":"ref/resource","uri":"agent://alice/history/{sessionId}"}""", "sessionId", "d", "default")]
    [InlineData("""{"type":"ref/resource","uri":"agent://bob/history/{sessionId}"}""", "sessionId", "d", "")]
    [InlineData("""{"type":"ref/prompt","name":"other"}""", "sessionId", "", "")]
    [InlineData("""{"type":"ref/prompt","name":"catch_up"}""", "other", "", "")]
    public async Task Sessions_AreCompleted(string reference, string argument, string value, string expected)
    {
        fixture.Sidecar.Reset();
        var result = await new RawMcp(fixture.Owner).ResultAsync(
            "completion/complete", new JsonObject { ["ref"] = JsonNode.Parse(reference), ["argument"] = new JsonObject { ["name"] = argument, ["value"] = value } });
        Assert.Equal(expected, string.Join(',', result.GetProperty("completion").GetProperty("values").EnumerateArray().Select(one => one.GetString())));
    }

    [Theory]
    [InlineData("resources/list")]
    [InlineData("resources/templates/list")]
    [InlineData("prompts/list")]
    public async Task Stranger_HasNoneOfThem(string method)
    {
        var error = await new RawMcp(fixture.Stranger).ErrorAsync(method);
        Assert.Equal(-32601, error.Code);
    }

    [Fact]
    public async Task StrangerWhoKnowsTheName_ReadsNothing()
    {
        fixture.Sidecar.Reset();
        var error = await new RawMcp(fixture.Stranger).ErrorAsync("resources/read", new JsonObject { ["uri"] = "agent://alice/history" });
        Assert.Equal(-32601, error.Code);
        Assert.Empty(fixture.Sidecar.Calls);
    }

    private static IEnumerable<string?> Texts(JsonElement list, string member) => list.EnumerateArray().Select(one => one.GetProperty(member).GetString());
}
