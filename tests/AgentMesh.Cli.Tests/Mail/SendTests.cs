namespace AgentMesh.Cli.Tests.Mail;

/// <summary><c>send</c>: one message, whatever becomes of the answers.</summary>
public sealed class SendTests : IDisposable
{
    private readonly TestTerminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Theory]
    [InlineData("""{"to":["bob"],"content":"hi"}""", "bob", "hi")]
    [InlineData("""{"to":["bob","acme:carol"],"content":"Good morning"}""", "bob", "acme:carol", "Good morning")]
    [InlineData("""{"to":["bob"],"content":"-5 °C","inReplyTo":7}""", "bob", "--reply-to", "7", "--", "-5 °C")]
    [InlineData("""{"to":["bob"],"content":"hi","await":30}""", "bob", "hi", "--await", "30")]
    public async Task Message_IsSent(string body, params string[] arguments)
    {
        await using var gateway = await StubGateway.StartAsync(202, """{"messageId":"1-a","messageIds":["1-a","2-b"],"new":1}""");
        var ran = await _terminal.RunAsync(["send", "--url", gateway.Url, "alice", .. arguments]);
        Assert.Equal((0, "1-a\n2-b\n"), (ran.ExitCode, ran.Output));
        Assert.Equal([$"POST /agent/alice/send {body}"], gateway.Asked);
        Assert.Matches("^cli-[0-9a-f]{32}$", gateway.Keys.Single());
    }

    [Theory]
    [InlineData("""{"messageId":"1-a","reply":{"from":"default:bob","content":"Yes.\nI am \u001b[2J","sentAt":"2026-01-02T03:04:05Z"}}""", 0, "Yes.\nI am \\u001b[2J\n", "default:bob answers:\n")]
    [InlineData("""{"messageId":"1-a","reply":{"from":"default:bob","content":"No model.","sentAt":"2026-01-02T03:04:05Z","failure":"turn_failed"}}""", 3, "", "default:bob does not answer: turn_failed: No model.\n")]
    [InlineData("""{"messageId":"1-a","state":"dead","code":"mail_refused","detail":"bob takes none."}""", 3, "", "message 1-a is dead: mail_refused: bob takes none.\n")]
    [InlineData("""{"messageId":"1-a"}""", 0, "1-a\n", "sent, and not answered within 5 s; the answer will be in the inbox\n")]
    public async Task Answer_IsShown(string answer, int exitCode, string output, string error)
    {
        await using var gateway = await StubGateway.StartAsync(200, answer);
        var ran = await _terminal.RunAsync("send", "alice", "bob", "hi", "--await", "5", "--url", gateway.Url);
        Assert.Equal((exitCode, output, error), (ran.ExitCode, ran.Output, ran.Error));
        var json = await _terminal.RunAsync("send", "alice", "bob", "hi", "--await", "5", "--json", "--url", gateway.Url);
        Assert.Equal((exitCode, answer + "\n", ""), (json.ExitCode, json.Output, json.Error));
    }

    /// <summary>The same message is meant, so it has the same key: the gateway has it once.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 0)]
    [InlineData(6, 4)]
    public async Task LostAnswer_IsAskedForAgain_WithTheSameKey(int lost, int exitCode)
    {
        var left = lost;
        await using var gateway = await StubGateway.StartAsync((context, _) =>
        {
            if (left-- <= 0)
                return StubGateway.WriteAsync(context, 202, """{"messageId":"1-a"}""");
            context.Abort();
            return Task.CompletedTask;
        });
        _terminal.SkipPauses();
        var ran = await _terminal.RunAsync("send", "alice", "bob", "hi", "--url", gateway.Url);
        Assert.Equal(exitCode, ran.ExitCode);
        Assert.StartsWith("no answer came. Again in 1 s.\n", ran.Error, StringComparison.Ordinal);
        Assert.Equal(Math.Min(lost + 1, 6), gateway.Asked.Count);
        var key = Assert.Single(gateway.Keys.Distinct());
        Assert.Equal(exitCode == 4, ran.Error.Contains($"sent again with the idempotency key {key} it is done once in all", StringComparison.Ordinal));
    }

    [Fact]
    public async Task KeyOfAnEarlierTry_IsUsed()
    {
        await using var gateway = await StubGateway.StartAsync(202, """{"messageId":"1-a"}""");
        Assert.Equal(0, (await _terminal.RunAsync("send", "alice", "bob", "hi", "--key", "cli-1", "--url", gateway.Url)).ExitCode);
        Assert.Equal(["cli-1"], gateway.Keys);
    }

    [Theory]
    [InlineData(409, null, 3, 1)]
    [InlineData(429, 120, 3, 6)]
    [InlineData(429, 121, 3, 1)]
    [InlineData(503, 1, 4, 6)]
    public async Task Refusal_IsFinal_UnlessItIsForNow(int status, int? retryAfter, int exitCode, int asked)
    {
        await using var gateway = await StubGateway.StartAsync((context, _) => StubGateway.RefuseAsync(context, status, "x", "No.", retryAfter));
        _terminal.SkipPauses();
        var ran = await _terminal.RunAsync("send", "alice", "bob", "hi", "--url", gateway.Url);
        Assert.Equal((exitCode, asked), (ran.ExitCode, gateway.Asked.Count));
        Assert.Contains($"the gateway says {status}: No.", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_IsNotAskedTwice()
    {
        var gateway = await StubGateway.StartAsync(202, "");
        var url = gateway.Url;
        await gateway.DisposeAsync();
        var ran = await _terminal.RunAsync("send", "alice", "bob", "hi", "--url", url);
        Assert.Equal(1, ran.ExitCode);
        Assert.StartsWith("error: the gateway is not reached at", ran.Error, StringComparison.Ordinal);
    }
}
