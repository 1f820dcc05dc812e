using System.Text.Json;
using AgentMesh.Gateway.Tests.Mail;
using AgentMesh.Gateway.Tests.Watching;
using Json.Schema;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>The tool <c>send_to_agent</c>: as over HTTP, and no longer than tools may take.</summary>
public sealed class SendToAgentTests : WatchTest
{
    private const string Pending = $$"""{"messageId":"{{FakeOutbox.Id}}"}""";

    [Theory]
    [InlineData("bob", "default:bob")]
    [InlineData("acme:bob", "acme:bob")]
    public async Task Message_GoesTheWayOfHttp(string to, string receiver)
    {
        var outbox = FakeOutbox.Of(Agent);
        await using var gateway = Start();
        var result = await Client(gateway).CallAsync("send_to_agent", $$"""{"to":"{{to}}","content":"hi","idempotencyKey":"k"}""");
        Assert.Equal(Pending, OutputOf(result));
        var mail = Assert.Single(outbox.Sent);
        Assert.Equal((receiver, "hi", "k"), (Assert.Single(mail.To), mail.Content, mail.IdempotencyKey));
        Assert.Matches("^[0-9a-f]{32}$", mail.RequestId);
        Assert.Equal((null, null, null, null), (mail.DeadlineSeconds, mail.Budget, mail.Turn, mail.Topic));
        Assert.Equal(0, Calls("GetMail"));
    }

    [Fact]
    public async Task Answer_IsWaitedFor_AndOfTheOutputSchema()
    {
        var outbox = FakeOutbox.Of(Agent);
        await using var gateway = Start();
        var call = WaitAsync(gateway, 45);
        await WaitsAsync(gateway, outbox);
        await AnnounceAsync(gateway, Seq(outbox.Reply("No time.", "turn_failed", new("USD", "120"))));
        var output = OutputOf(await call);
        Assert.Equal(
            $$$$"""{"messageId":"{{{{FakeOutbox.Id}}}}","reply":{"from":"default:bob","content":"No time.","sentAt":"2026-01-02T03:04:06.678Z","failure":"turn_failed","spent":{"asset":"USD","amount":"120"}}}""",
            output);
        await IsOfTheSchemaAsync(gateway, output);
    }

    [Fact]
    public async Task DeadMessage_IsToldAtOnce()
    {
        var outbox = FakeOutbox.Of(Agent);
        await using var gateway = Start();
        var call = WaitAsync(gateway, 45);
        await WaitsAsync(gateway, outbox);
        await AnnounceAsync(gateway, Seq(outbox.Refuse()));
        var output = OutputOf(await call);
        Assert.Equal($$"""{"messageId":"{{FakeOutbox.Id}}","state":"dead","code":"mail_not_allowed","detail":"No."}""", output);
        await IsOfTheSchemaAsync(gateway, output);
    }

    /// <summary>However long the model wants to wait, the tool ends before its client gives up; the same call waits on.</summary>
    [Theory]
    [InlineData(1, "00:00:45", 1)]
    [InlineData(45, "00:00:45", 45)]
    [InlineData(45, "00:00:10", 10)]
    public async Task Wait_EndsWithTheTimeOfTools_AndTheSameCallWaitsOn(int wanted, string answerTimeout, int waits)
    {
        var outbox = FakeOutbox.Of(Agent);
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock, ("AgentMesh:Mcp:AnswerTimeout", answerTimeout));
        var call = WaitAsync(gateway, wanted);
        await WaitsAsync(gateway, outbox);
        clock.Advance(TimeSpan.FromSeconds(waits) - TimeSpan.FromMilliseconds(1));
        Assert.False(call.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Pending, OutputOf(await call));
        outbox.Reply("Hello");
        Assert.Contains("\"content\":\"Hello\"", OutputOf(await WaitAsync(gateway, wanted)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"content":"hi"}""", "invalid_request: to is required")]
    [InlineData("""{"to":["bob"],"content":"hi"}""", "invalid_request: to must be a string")]
    [InlineData("""{"to":"Bob","content":"hi"}""", "invalid_recipient: ")]
    [InlineData("""{"to":"bob","content":"  "}""", "invalid_content: ")]
    [InlineData("""{"to":"bob","content":"hi","await":0}""", "invalid_request: await must be at least 1.")]
    [InlineData("""{"to":"bob","content":"hi","await":46}""", "invalid_request: await must be at most 45.")]
    public async Task WrongArguments_AreSaid(string arguments, string words)
    {
        var outbox = FakeOutbox.Of(Agent);
        await using var gateway = Start();
        Assert.StartsWith(words, RefusalOf(await Client(gateway).CallAsync("send_to_agent", arguments)), StringComparison.Ordinal);
        Assert.Empty(outbox.Sent);
    }

    [Theory]
    [InlineData("""{"refusal":{"code":"mail_rate_limited","detail":"Enough."},"rateLimit":{"permits":600,"windowSeconds":60,"remaining":0,"resetSeconds":7}}""", "mail_rate_limited: Enough. (retryAfterSeconds: 7)")]
    [InlineData("""{"refusal":{"code":"mail_too_many_hops","detail":"Too far."}}""", "mail_too_many_hops: Too far.")]
    public async Task RefusalOfTheAgent_IsAResultThatSaysWhy(string reply, string words)
    {
        FakeOutbox.Of(Agent);
        await using var gateway = Start();
        Sidecar.Then(FakeSidecar.Text(200, reply));
        Assert.Equal(words, RefusalOf(await Client(gateway).CallAsync("send_to_agent", """{"to":"bob","content":"hi","await":5}""")));
    }

    private Task<JsonElement> WaitAsync(GatewayServer gateway, int seconds) =>
        Client(gateway).CallAsync("send_to_agent", $$"""{"to":"bob","content":"hi","await":{{seconds}},"idempotencyKey":"k"}""");

    private static async Task WaitsAsync(GatewayServer gateway, FakeOutbox outbox)
    {
        await KnownAsync(gateway);
        while (outbox.Asked == 0)
            await Task.Yield();
    }

    private async Task IsOfTheSchemaAsync(GatewayServer gateway, string output)
    {
        var tools = (await Client(gateway).ResultAsync("tools/list")).GetProperty("tools").EnumerateArray();
        var schema = tools.Single(tool => tool.GetProperty("name").GetString() == "send_to_agent").GetProperty("outputSchema");
        Assert.True(JsonSchema.FromText(schema.GetRawText()).Evaluate(JsonElement.Parse(output)).IsValid, output);
    }

    private RawMcp Client(GatewayServer gateway) => new(Http, Revisions.November2025, At(gateway, "/agent/alice/mcp").ToString());

    private static string OutputOf(JsonElement result)
    {
        Assert.False(result.TryGetProperty("isError", out _), result.GetRawText());
        return result.GetProperty("structuredContent").GetRawText();
    }

    private static string RefusalOf(JsonElement result)
    {
        Assert.True(result.TryGetProperty("isError", out var isError) && isError.GetBoolean(), result.GetRawText());
        return result.GetProperty("content")[0].GetProperty("text").GetString()!;
    }
}
