using Microsoft.AspNetCore.Http;

namespace AgentMesh.Cli.Tests.Watching;

/// <summary><c>watch</c>: each event once, over whatever connections there are.</summary>
public sealed class WatchTests : IDisposable
{
    private readonly TestTerminal _terminal = new();
    private readonly List<string> _lastIds = [];

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task Events_AreShown()
    {
        await using var gateway = await StartAsync(
            Event(1, "message", """{"turn":"1","role":"user","content":"Hello\nyou \u001b[2J"}""")
            + ": ping\n\n"
            + "event: delta\ndata: {\"type\":\"delta\",\"turn\":\"1\",\"attempt\":1,\"at\":0,\"text\":\"Hi\"}\n\n"
            + Event(2, "error", """{"turn":"1","code":"turn_failed","detail":"No model."}""", "ab")
            + Event(3, "payment", """{"hold":"h","state":"posted","amount":"250000","new":{"a":1}}""")
            + Event(4, "new_type", "{}"));
        var ran = await RunAsync(gateway, "--after", "0", "--count", "4");
        Assert.Equal((0, ""), (ran.ExitCode, ran.Error));
        Assert.Equal(
            """
                 1  2026-01-02 03:04:05Z  message       user: Hello\nyou \u001b[2J
                 2  2026-01-02 03:04:05Z  error         [ab] turn_failed: No model.
                 3  2026-01-02 03:04:05Z  payment       hold=h state=posted amount=250000
                 4  2026-01-02 03:04:05Z  new_type

            """, ran.Output);
        Assert.Equal(["0"], _lastIds);
    }

    [Fact]
    public async Task Json_IsALineEach()
    {
        await using var gateway = await StartAsync("id: 1\nevent: message\ndata: {\"seq\": 1,\ndata:  \"data\": {\"content\": \"\u202eü\"}}\n\n");
        var ran = await RunAsync(gateway, "--after", "0", "--count", "1", "--json");
        Assert.Equal("""{"seq":1,"data":{"content":"\u202eü"}}""" + "\n", ran.Output);
    }

    /// <summary>Where the log ends is asked before: what happens until the stream is there is not missed.</summary>
    [Fact]
    public async Task WithoutANumber_ItBeginsAtTheEnd()
    {
        await using var gateway = await StartAsync(Event(42, "frozen", "{}"));
        var ran = await RunAsync(gateway, "--count", "1");
        Assert.StartsWith("    42  ", ran.Output, StringComparison.Ordinal);
        Assert.Equal(["GET /agent/alice/events", "GET /agent/alice/events"], gateway.Asked);
        Assert.Equal(["41"], _lastIds);
    }

    [Fact]
    public async Task LostConnection_IsMadeAgain_BehindTheLastNumber_AndNothingIsShownTwice()
    {
        await using var gateway = await StartAsync(
            "retry: 3000\n\n" + Event(1, "mail", "{}") + Event(2, "mail", "{}") + "id: 3\nevent: mail\ndata: {\"se",
            "LOST", "503", "",
            Event(2, "mail", "{}") + Event(3, "mail", "{}"));
        _terminal.SkipPauses();
        var ran = await RunAsync(gateway, "--after", "0", "--count", "3");
        Assert.Equal(0, ran.ExitCode);
        Assert.Equal(["     1", "     2", "     3"], ran.Output.TrimEnd().Split('\n').Select(line => line[..6]));
        Assert.Equal(["0", "2", "2", "2", "2"], _lastIds);
        Assert.Equal(
            """
            the connection is lost. Again in 3 s.
            no answer came. Again in 1 s.
            the gateway says 503: Later. Again in 7 s.
            the connection is lost. Again in 1 s.

            """, ran.Error);
    }

    [Fact]
    public async Task Types_AreChosen()
    {
        var log = Event(1, "mail", "{}") + Event(2, "payment", "{}") + Event(3, "message", "{}") + "event: delta\ndata: {\"text\":\"Hi\"}\n\n" + Event(4, "mail", "{}");
        await using var gateway = await StartAsync(log, log);
        Assert.Equal(["     1", "     2", "     4"], (await RunAsync(gateway, "--after", "0", "--count", "3", "--type", "mail", "--type", "payment")).Output.TrimEnd().Split('\n').Select(line => line[..6]));
        Assert.Equal("""{"text":"Hi"}""" + "\n", (await RunAsync(gateway, "--after", "0", "--count", "1", "--type", "delta", "--json")).Output);
    }

    /// <summary>The log was trimmed, or is that of another life of the agent, whose numbers are lower.</summary>
    [Theory]
    [InlineData("--after 7", 1)]
    [InlineData("--after 7 --json", 2)]
    public async Task Reset_IsTold_AndFollowed(string arguments, int lines)
    {
        await using var gateway = await StartAsync("id: 2\nevent: reset\ndata: {\"type\":\"reset\",\"after\":2}\n\n", Event(3, "mail", "{}"));
        _terminal.SkipPauses();
        var ran = await RunAsync(gateway, [.. arguments.Split(' '), "--count", $"{lines}"]);
        Assert.Equal(lines, ran.Output.Count('\n'));
        Assert.StartsWith("the log goes on behind 2: what was asked for is not in it\n", ran.Error, StringComparison.Ordinal);
        Assert.Equal(["7", "2"], _lastIds);
    }

    [Theory]
    [InlineData("event: mail\ndata: <html>\n\n")]
    [InlineData("event: mail\ndata: []\n\n")]
    [InlineData("event: mail\ndata: {\"seq\":\"1\"}\n\n")]
    [InlineData("event: reset\ndata: {\"after\":null}\n\n")]
    public async Task Nonsense_IsAFailure(string stream)
    {
        await using var gateway = await StartAsync(stream);
        var ran = await RunAsync(gateway, "--after", "0");
        Assert.Equal((1, "", "error: what answers at the gateway's address is not a gateway\n"), (ran.ExitCode, ran.Output, ran.Error));
    }

    [Fact]
    public async Task AnswerThatIsNoStream_IsAFailure()
    {
        await using var gateway = await StubGateway.StartAsync(200, "{}");
        Assert.Equal((1, 1), ((await RunAsync(gateway, "--after", "0")).ExitCode, (await RunAsync(gateway)).ExitCode));
    }

    [Fact]
    public async Task Refusal_IsFinal()
    {
        await using var gateway = await StubGateway.StartAsync((context, _) => StubGateway.RefuseAsync(context, 404, "not_found", "There is none."));
        var ran = await RunAsync(gateway, "--after", "0");
        Assert.Equal((3, "error: the gateway says 404: There is none.\n"), (ran.ExitCode, ran.Error));
        Assert.Single(gateway.Asked);
    }

    [Fact]
    public async Task CtrlC_Ends()
    {
        await using var gateway = await StartAsync(Event(1, "mail", "{}") + "HANG");
        using var ctrlC = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var watching = _terminal.RunAsync(ctrlC.Token, "watch", "alice", "--after", "0", "--url", gateway.Url);
        await _hanging.Task.WaitAsync(TestTerminal.Limit, TestContext.Current.CancellationToken);
        await ctrlC.CancelAsync();
        Assert.Equal(130, (await watching).ExitCode);
    }

    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task<Ran> RunAsync(StubGateway gateway, params string[] arguments) => _terminal.RunAsync(["watch", "alice", .. arguments, "--url", gateway.Url]);

    private static string Event(long seq, string type, string data, string session = "default") =>
        $$"""
        id: {{seq}}
        event: {{type}}
        data: {"seq":{{seq}},"at":"2026-01-02T03:04:05.678Z","session":"{{session}}","type":"{{type}}","data":{{data}}}


        """;

    /// <summary>Each connection gets the next of the streams.</summary>
    private Task<StubGateway> StartAsync(params string[] streams)
    {
        var next = new Queue<string>(streams);
        return StubGateway.StartAsync(async (context, _) =>
        {
            if (context.Request.Headers.Accept == "application/json")
            {
                await StubGateway.WriteAsync(context, 200, """{"events":[],"last":41}""");
                return;
            }

            _lastIds.Add(context.Request.Headers["Last-Event-ID"].ToString());
            var stream = next.Dequeue();
            if (stream == "LOST")
            {
                context.Abort();
                return;
            }

            if (stream == "503")
            {
                await StubGateway.RefuseAsync(context, 503, "too_many_sockets", "Later.", retryAfterSeconds: 7);
                return;
            }

            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(stream.Replace("HANG", "", StringComparison.Ordinal));
            await context.Response.Body.FlushAsync();
            if (stream.EndsWith("HANG", StringComparison.Ordinal))
            {
                _hanging.TrySetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
    }
}
