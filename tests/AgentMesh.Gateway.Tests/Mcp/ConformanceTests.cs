using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Gateway.Mcp.Conformance;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>The agent of the official suite: there when it is asked for, in a test alone; and what its tools need of the way that all tools go.</summary>
public sealed class ConformanceTests(McpFixture fixture) : IClassFixture<McpFixture>
{
    private const string Path = "/agent/conformance/mcp";
    private const string Setting = "AgentMesh:Conformance:Enabled";

    [Fact]
    public async Task Unless_ItIsAskedFor_ItIsAnAgentLikeEveryOther()
    {
        fixture.Sidecar.Reset();
        var names = Names(await new RawMcp(fixture.Owner, path: Path).ResultAsync("tools/list"), "tools", "name");
        Assert.Equal(Names(await new RawMcp(fixture.Owner).ResultAsync("tools/list"), "tools", "name"), names);
    }

    [Fact]
    public async Task Others_HaveNothingOfIt()
    {
        fixture.Sidecar.Reset();
        await using var gateway = Enabled();
        var (own, other) = (new RawMcp(gateway.Client(), path: Path), new RawMcp(gateway.Client()));
        foreach (var (method, list, name) in new[] { ("tools/list", "tools", "name"), ("prompts/list", "prompts", "name"), ("resources/list", "resources", "uri"), ("resources/templates/list", "resourceTemplates", "uriTemplate") })
        {
            Assert.Contains(Names(await own.ResultAsync(method), list, name), one => one.StartsWith("test", StringComparison.Ordinal));
            Assert.DoesNotContain(Names(await other.ResultAsync(method), list, name), one => one.StartsWith("test", StringComparison.Ordinal));
        }

        Assert.Equal(-32602, (await other.ErrorAsync("tools/call", new JsonObject { ["name"] = "test_simple_text" })).Code);
        Assert.Equal(-32602, (await other.ErrorAsync("prompts/get", new JsonObject { ["name"] = "test_simple_prompt" })).Code);
        Assert.Equal(-32602, (await other.ErrorAsync("resources/read", new JsonObject { ["uri"] = "test://static-text" })).Code);
        Assert.Equal(-32602, (await other.ErrorAsync("resources/read", new JsonObject { ["uri"] = "test://template/1/data" })).Code);
    }

    [Theory]
    [InlineData("Development", null, false, true)]
    [InlineData("Development", null, true, true)]
    [InlineData("Development", "Development", true, true)]
    [InlineData("Development", "ApiKey", true, false)]
    [InlineData("Staging", null, true, false)]
    [InlineData("Production", null, true, false)]
    [InlineData("Production", "Development", true, false)]
    [InlineData("Production", null, false, true)]
    public void Tests_AreTheOnlyPlaceForIt(string environment, string? mode, bool isEnabled, bool isValid)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("AgentMesh:Auth:Mode", mode)]).Build();
        var result = new ConformanceOptionsValidator(new Host(environment), configuration).Validate(null, new ConformanceOptions { Enabled = isEnabled });
        Assert.Equal(isValid, result.Succeeded);
        if (!isValid)
            Assert.StartsWith("AgentMesh__Conformance__Enabled=true is for tests", result.FailureMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test_image_content", "image")]
    [InlineData("test_audio_content", "audio")]
    [InlineData("test_embedded_resource", "resource")]
    [InlineData("test_multiple_content_types", "text,image,resource")]
    public async Task Tools_AnswerEveryKindOfContents(string tool, string types)
    {
        fixture.Sidecar.Reset();
        await using var gateway = Enabled();
        foreach (var revision in Revisions.All)
            Assert.Equal(types.Split(','), Names(await new RawMcp(gateway.Client(), revision, Path).CallAsync(tool), "content", "type"));
    }

    [Theory]
    [InlineData("\"p-1\"", 3)]
    [InlineData(null, 0)]
    public async Task Progress_IsToldToWhoeverAskedForIt(string? token, int count)
    {
        fixture.Sidecar.Reset();
        await using var gateway = Enabled();
        using var http = gateway.Client();
        var meta = token is null ? null : new JsonObject { ["progressToken"] = JsonNode.Parse(token) };
        using var request = new RawMcp(http, Revisions.June2025, Path).Request("tools/call", new JsonObject { ["name"] = "test_tool_with_progress", ["_meta"] = meta });
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(count, text.Split("notifications/progress").Length - 1);
        Assert.Equal("The tool went all the way.", (await RawMcp.MessageOf(response)).GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Prompt_WithoutWhatItNeeds_SaysWhat()
    {
        fixture.Sidecar.Reset();
        await using var gateway = Enabled();
        var (code, message) = await new RawMcp(gateway.Client(), path: Path).ErrorAsync(
            "prompts/get", new JsonObject { ["name"] = "test_prompt_with_arguments", ["arguments"] = new JsonObject { ["arg1"] = "a", ["arg2"] = 2 } });
        Assert.Equal((-32602, "invalid_request: The prompt needs arg2, as text."), (code, message));
    }

    private GatewayServer Enabled() => new(fixture.Sidecar, null, new KeyValuePair<string, string>(Setting, "true"));

    private static string[] Names(JsonElement result, string list, string member) =>
        [.. result.GetProperty(list).EnumerateArray().Select(one => one.GetProperty(member).GetString()!)];

    private sealed class Host(string environment) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = environment;

        public string ApplicationName { get; set; } = "gateway";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
