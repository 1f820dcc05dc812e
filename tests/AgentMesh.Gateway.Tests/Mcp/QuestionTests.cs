using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>Tools and prompts that ask somebody first (multi round-trip requests), at any replica.</summary>
public sealed class QuestionTests(McpFixture fixture) : IClassFixture<McpFixture>
{
    private const string Path = "/agent/conformance/mcp";
    private const string Consent = "test_input_required_result_request_state";

    [Fact]
    public async Task Question_IsPutAndGoesOn_AtAnotherReplica()
    {
        await using var first = Gateway("token");
        await using var second = Gateway("token");
        var asked = await Client(first).ResultAsync("tools/call", Call(Consent));
        Assert.Equal("input_required", asked.GetProperty("resultType").GetString());
        Assert.Equal("elicitation/create", asked.GetProperty("inputRequests").GetProperty("confirm").GetProperty("method").GetString());
        var answered = await Client(second).ResultAsync("tools/call", Call(Consent, State(asked), Yes("confirm", "ok", true)));
        Assert.Equal("state-ok", Text(answered));
    }

    [Fact]
    public async Task ReplicasOfAnotherMesh_RefuseIt()
    {
        await using var first = Gateway("token");
        await using var second = Gateway("another");
        var asked = await Client(first).ResultAsync("tools/call", Call(Consent));
        var (code, message) = await Client(second).ErrorAsync("tools/call", Call(Consent, State(asked), Yes("confirm", "ok", true)));
        Assert.Equal(-32602, code);
        Assert.StartsWith("invalid_request_state: ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-TAMPERED", Consent)]
    [InlineData("", "test_input_required_result_tampered_state")]
    public async Task StateThatIsNotOfThisRequest_IsAnError(string more, string tool)
    {
        await using var gateway = Gateway("token");
        var asked = await Client(gateway).ResultAsync("tools/call", Call(Consent));
        var (code, message) = await Client(gateway).ErrorAsync("tools/call", Call(tool, State(asked) + more, Yes("confirm", "ok", true)));
        Assert.Equal(-32602, code);
        Assert.StartsWith("invalid_request_state: ", message, StringComparison.Ordinal);
    }

    /// <summary>Answers alone can be made up: the tool asks.</summary>
    [Theory]
    [InlineData("""{"confirm":{"action":"accept","content":{"ok":true}}}""", false)]
    [InlineData("""{"confirm":{"action":"accept","content":{"ok":"true"}}}""", true)]
    [InlineData("""{"confirm":{"action":"decline"}}""", true)]
    [InlineData("""{"confirm":{"action":7}}""", true)]
    [InlineData("""{"confirm":7}""", true)]
    [InlineData("""{"other":{"action":"accept","content":{"ok":true}}}""", true)]
    [InlineData("{}", true)]
    public async Task WithoutItsStateOrAnAnswer_ItAsksOnceMore(string responses, bool hasState)
    {
        await using var gateway = Gateway("token");
        var asked = await Client(gateway).ResultAsync("tools/call", Call(Consent));
        var again = await Client(gateway).ResultAsync("tools/call", Call(Consent, hasState ? State(asked) : null, JsonNode.Parse(responses)));
        Assert.Equal("input_required", again.GetProperty("resultType").GetString());
    }

    [Fact]
    public async Task Prompts_AskToo()
    {
        const string Prompt = "test_input_required_result_prompt";
        await using var gateway = Gateway("token");
        var asked = await Client(gateway).ResultAsync("prompts/get", Call(Prompt));
        Assert.Equal("input_required", asked.GetProperty("resultType").GetString());
        Assert.False(asked.TryGetProperty("requestState", out _));
        var answered = await Client(gateway).ResultAsync("prompts/get", Call(Prompt, null, Yes("user_context", "context", "Rome")));
        Assert.Equal("The context is: Rome", answered.GetProperty("messages")[0].GetProperty("content").GetProperty("text").GetString());
    }

    [Fact]
    public async Task WhatTheClientCannotDo_IsNotAsked()
    {
        await using var gateway = Gateway("token");
        using var http = gateway.Client();
        using var request = new RawMcp(http, path: Path).Request("tools/call", Call("test_missing_capability"));
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = (await RawMcp.MessageOf(response)).GetProperty("error");
        Assert.Equal(-32021, error.GetProperty("code").GetInt32());
        Assert.Equal("""{"sampling":{}}""", error.GetProperty("data").GetProperty("requiredCapabilities").GetRawText());
    }

    /// <summary>They would take the question for the answer.</summary>
    [Theory]
    [InlineData(Revisions.Oldest)]
    [InlineData(Revisions.November2025)]
    public async Task OlderClients_AreToldWhyNot(string revision)
    {
        await using var gateway = Gateway("token");
        var client = new RawMcp(gateway.Client(), revision, Path);
        var result = await client.CallAsync(Consent);
        Assert.True(result.GetProperty("isError").GetBoolean());
        Assert.StartsWith("input_required: ", Text(result), StringComparison.Ordinal);
        var (code, message) = await client.ErrorAsync("prompts/get", new JsonObject { ["name"] = "test_input_required_result_prompt" });
        Assert.Equal(-32602, code);
        Assert.StartsWith("input_required: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rounds_CarryWhatWasSaid()
    {
        const string Tool = "test_input_required_result_multi_round";
        await using var gateway = Gateway("token");
        var first = await Client(gateway).ResultAsync("tools/call", Call(Tool));
        var second = await Client(gateway).ResultAsync("tools/call", Call(Tool, State(first), Yes("step1", "name", "Ada")));
        Assert.NotEqual(State(first), State(second));
        var last = await Client(gateway).ResultAsync("tools/call", Call(Tool, State(second), Yes("step2", "color", "blue")));
        Assert.Equal("Ada likes blue.", Text(last));
    }

    private GatewayServer Gateway(string appToken)
    {
        fixture.Sidecar.Reset();
        return new GatewayServer(fixture.Sidecar, null, new("AgentMesh:Conformance:Enabled", "true"), new("APP_API_TOKEN", appToken));
    }

    private static RawMcp Client(GatewayServer gateway) => new(gateway.Client(), path: Path);

    private static JsonObject Call(string name, string? state = null, JsonNode? responses = null)
    {
        var capabilities = new JsonObject { ["elicitation"] = new JsonObject() };
        var call = new JsonObject { ["name"] = name, ["_meta"] = new JsonObject { [RawMcp.MetaPrefix + "clientCapabilities"] = capabilities } };
        if (state is not null)
            call["requestState"] = state;
        if (responses is not null)
            call["inputResponses"] = responses;
        return call;
    }

    private static JsonObject Yes(string question, string field, JsonNode value) =>
        new() { [question] = new JsonObject { ["action"] = "accept", ["content"] = new JsonObject { [field] = value } } };

    private static string State(JsonElement result) => result.GetProperty("requestState").GetString()!;

    private static string? Text(JsonElement result) => result.GetProperty("content")[0].GetProperty("text").GetString();
}
