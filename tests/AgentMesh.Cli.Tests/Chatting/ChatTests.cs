using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.Cli.Tests.Chatting;

/// <summary><c>chat</c>: what is said is sent once, and each answer is shown once, whatever becomes of connections.</summary>
public sealed class ChatTests : IDisposable
{
    private readonly TestTerminal _terminal = new();
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task Script_SendsEachLine_AndGetsTheAnswers()
    {
        await using var gateway = await StartAsync(Delta(0, "Hel") + ": ping\n\n" + Delta(3, "lo\n\u001b[2J") + End("Hello\n\u001b[2J"), End("Bye."));
        var ran = await ChatAsync(gateway, "hi\n\n  \nbye\n");
        Assert.Equal((0, "Hello\n\\u001b[2J\nBye.\n", ""), (ran.ExitCode, ran.Output, ran.Error));
        Assert.Equal(["""POST /agent/alice/message {"content":"hi"}""", """POST /agent/alice/message {"content":"bye"}"""], gateway.Asked);
        Assert.Equal(2, gateway.Keys.Distinct().Count());
    }

    [Fact]
    public async Task Person_SeesWhatWasSaid_AndIsAsked()
    {
        await using var gateway = await StartAsync(End("Yes."));
        _terminal.IsInputTerminal = true;
        var ran = await ChatAsync(gateway, "remember?\n", "--session", "ab");
        Assert.Equal((0, "user: Hello\nassistant: Hi \\u202e\n  there\nYes.\n", "Ctrl-C cancels an answer, Ctrl-D ends.\n> > \n"), (ran.ExitCode, ran.Output, ran.Error));
        Assert.Equal(["GET /agent/alice/history?limit=6&sessionId=ab", """POST /agent/alice/message {"content":"remember?","sessionId":"ab"}"""], gateway.Asked);
    }

    [Fact]
    public async Task Json_IsTheGatewaysAnswer_ALineEach()
    {
        await using var gateway = await StartAsync(Delta(0, "a") + End("a"), End("b"));
        var ran = await ChatAsync(gateway, "1\n2\n", "--json");
        Assert.Equal("""{"response":"a","turnId":"1"}""" + "\n" + """{"response":"b","turnId":"1"}""" + "\n", ran.Output);
    }

    /// <summary>Lost before it is known that it arrived, in the midst of it, and in the end: it is the same message, and each piece is shown once.</summary>
    [Fact]
    public async Task LostConnection_IsMadeAgain_WithTheSameKey()
    {
        await using var gateway = await StartAsync("LOST", Delta(0, "One ") + Delta(4, "two"), "", "503", Delta(0, "One ") + Delta(0, "One two thr") + Delta(11, "ee") + End("One two three"));
        _terminal.SkipPauses();
        var ran = await ChatAsync(gateway, "count\n");
        Assert.Equal((0, "One two three\n"), (ran.ExitCode, ran.Output));
        Assert.Equal(5, gateway.Asked.Count);
        Assert.Single(gateway.Keys.Distinct());
        Assert.Equal(
            """
            no answer came. Again in 1 s.
            the connection is lost; the answer goes on. Again in 1 s.
            the connection is lost; the answer goes on. Again in 1 s.
            the gateway says 503: Later. Again in 7 s.

            """, ran.Error);
    }

    /// <summary>The model's run was lost with its process, or another answer came of it.</summary>
    [Theory]
    [InlineData("Two.", 2, "One\nTwo.\n")]
    [InlineData("Another.", 1, "OneTwo.\nAnother.\n")]
    public async Task AnswerThatBeginsAgain_IsShownAgain(string response, int attempt, string output)
    {
        await using var gateway = await StartAsync(Delta(0, "One") + Delta(attempt == 2 ? 0 : 3, "Two.", attempt) + Delta(0, "old", attempt - 1) + Delta(99, "gap", attempt) + End(response));
        var ran = await ChatAsync(gateway, "hi\n");
        Assert.Equal((output, "the answer begins again:\n"), (ran.Output, ran.Error));
    }

    [Fact]
    public async Task TooManyMessages_AreWaitedFor_AndThatIsTold()
    {
        await using var gateway = await StartAsync("429", End("Now."));
        _terminal.SkipPauses();
        var ran = await ChatAsync(gateway, "hi\n");
        Assert.Equal((0, "Now.\n", "the gateway says 429: Later. Again in 7 s.\n"), (ran.ExitCode, ran.Output, ran.Error));
        Assert.Single(gateway.Keys.Distinct());
    }

    [Theory]
    [InlineData(false, 3, 1)]
    [InlineData(true, 0, 2)]
    public async Task MessageWithoutAnAnswer_EndsAScript_AndNoConversation(bool isTerminal, int exitCode, int said)
    {
        await using var gateway = await StartAsync(Delta(0, "Well") + "event: turn_paused\ndata: {}\n\nevent: error\ndata: {\"type\":\"error\",\"code\":\"budget_exceeded\",\"detail\":\"No \u202e money.\",\"x\":1}\n\n", End("Yes."));
        _terminal.IsInputTerminal = isTerminal;
        var ran = await ChatAsync(gateway, "a\nb\n", "--history", "0");
        Assert.Equal((exitCode, said), (ran.ExitCode, gateway.Asked.Count));
        Assert.Equal(isTerminal ? "Well\nYes.\n" : "Well\n", ran.Output);
        Assert.Contains("budget_exceeded: No \\u202e money.\n", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 3, 1)]
    [InlineData(true, 0, 2)]
    public async Task RefusedMessage_EndsAScript_AndNoConversation(bool isTerminal, int exitCode, int said)
    {
        await using var gateway = await StartAsync("404", End("Yes."));
        _terminal.IsInputTerminal = isTerminal;
        var ran = await ChatAsync(gateway, "a\nb\n", "--history", "0");
        Assert.Equal((exitCode, said), (ran.ExitCode, gateway.Asked.Count));
        Assert.Contains("error: the gateway says 404: Later.\n", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MessageOfWhichNothingIsHeard_IsUnknown()
    {
        await using var gateway = await StartAsync([.. Enumerable.Repeat("LOST", 20)]);
        _terminal.SkipPauses();
        var ran = await ChatAsync(gateway, "hi\n");
        Assert.Equal(4, ran.ExitCode);
        Assert.Contains($"sent again with the idempotency key {gateway.Keys.Distinct().Single()}", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0, 2)]
    [InlineData(false, 130, 1)]
    public async Task CtrlC_CancelsTheTurn(bool isTerminal, int exitCode, int said)
    {
        await using var gateway = await StartAsync(Delta(0, "Well") + "HANG", End("Yes."));
        _terminal.IsInputTerminal = isTerminal;
        var chat = ChatAsync(gateway, "a\nb\n", "--history", "0");
        await _hanging.Task.WaitAsync(TestTerminal.Limit, TestContext.Current.CancellationToken);
        _terminal.PressCtrlC();
        var ran = await chat;
        Assert.Equal((exitCode, said), (ran.ExitCode, gateway.Asked.Count(asked => asked.Contains("/message", StringComparison.Ordinal))));
        Assert.Contains("POST /agent/alice/turns/17/cancel", gateway.Asked);
        Assert.Contains("turn_canceled: Canceled.\n", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondCtrlC_Ends()
    {
        await using var gateway = await StartAsync("HANG, DEAF");
        _terminal.IsInputTerminal = true;
        var chat = ChatAsync(gateway, "a\nb\n", "--history", "0");
        await _hanging.Task.WaitAsync(TestTerminal.Limit, TestContext.Current.CancellationToken);
        _terminal.PressCtrlC();
        await _canceled.Task.WaitAsync(TestTerminal.Limit, TestContext.Current.CancellationToken);
        _terminal.PressCtrlC();
        var ran = await chat;
        Assert.Equal(130, ran.ExitCode);
        Assert.EndsWith("canceled\n", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CtrlC_WithoutATurn_Ends()
    {
        await using var gateway = await StartAsync();
        using var typing = new EndlessReader();
        _terminal.IsInputTerminal = true;
        _terminal.Input = typing;
        var chat = _terminal.RunAsync("chat", "alice", "--history", "0", "--url", gateway.Url);
        await typing.Reading.Task.WaitAsync(TestTerminal.Limit, TestContext.Current.CancellationToken);
        _terminal.PressCtrlC();
        Assert.Equal(130, (await chat).ExitCode);
    }

    /// <summary>While the gateway wants to be left alone there is no turn: what was to be said is not.</summary>
    [Fact]
    public async Task CtrlC_WhileItIsWaited_GivesUp()
    {
        await using var gateway = await StartAsync("429", End("Yes."));
        _terminal.IsInputTerminal = true;
        _terminal.Told = line =>
        {
            if (line.Contains("Again in", StringComparison.Ordinal))
                _terminal.PressCtrlC();
        };
        var ran = await ChatAsync(gateway, "a\nb\n", "--history", "0");
        Assert.Equal((0, "Yes.\n"), (ran.ExitCode, ran.Output));
        Assert.Equal(["a", "b"], gateway.Asked.Select(asked => JsonElement.Parse(asked[asked.IndexOf('{', StringComparison.Ordinal)..]).GetProperty("content").GetString()));
    }

    [Theory]
    [InlineData("event: delta\ndata: {}\n\n")]
    [InlineData("event: delta\ndata: {\"attempt\":1,\"at\":-1,\"text\":\"x\"}\n\n")]
    [InlineData("event: message\ndata: <html>\n\n")]
    [InlineData("event: error\ndata: []\n\n")]
    public async Task Nonsense_IsAFailure(string stream)
    {
        await using var gateway = await StartAsync(stream);
        var ran = await ChatAsync(gateway, "hi\n");
        Assert.Equal((1, "error: what answers at the gateway's address is not a gateway\n"), (ran.ExitCode, ran.Error));
    }

    private Task<Ran> ChatAsync(StubGateway gateway, string input, params string[] arguments)
    {
        _terminal.Input = new StringReader(input);
        return _terminal.RunAsync(["chat", "alice", .. arguments, "--url", gateway.Url]);
    }

    private static string Delta(int at, string text, int attempt = 1) =>
        $"event: delta\ndata: {JsonSerializer.Serialize(new { type = "delta", turn = "17", attempt, at, text })}\n\n";

    private static string End(string response) => $"event: message\ndata: {JsonSerializer.Serialize(new { response, turnId = "1" })}\n\nevent: done\ndata: {{}}\n\n";

    /// <summary>Each message, and each connection of one, gets the next of the answers.</summary>
    private Task<StubGateway> StartAsync(params string[] answers)
    {
        var next = new Queue<string>(answers);
        return StubGateway.StartAsync(async (context, _) =>
        {
            if (context.Request.Path.Value!.EndsWith("/cancel", StringComparison.Ordinal))
            {
                _canceled.SetResult();
                await StubGateway.WriteAsync(context, 200, "{}");
                return;
            }

            if (context.Request.Method == "GET")
            {
                await StubGateway.WriteAsync(context, 200, """{"messages":[{"seq":1,"role":"user","content":"Hello"},{"seq":2,"role":"assistant","content":"Hi \u202e\n  there"}],"nextBefore":null}""");
                return;
            }

            var answer = next.Dequeue();
            if (answer == "LOST")
                context.Abort();
            else if (int.TryParse(answer, out var status))
                await StubGateway.RefuseAsync(context, status, "x", "Later.", retryAfterSeconds: 7);
            else
                await StreamAsync(context, answer);
        });
    }

    private async Task StreamAsync(HttpContext context, string answer)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.Location = "/agent/alice/turns/17";
        await context.Response.WriteAsync(answer.Replace("HANG", "", StringComparison.Ordinal).Replace(", DEAF", "", StringComparison.Ordinal));
        await context.Response.Body.FlushAsync();
        if (!answer.Contains("HANG", StringComparison.Ordinal))
            return;
        _hanging.SetResult();
        await _canceled.Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (answer.Contains("DEAF", StringComparison.Ordinal))
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        else
            await context.Response.WriteAsync("event: error\ndata: {\"type\":\"error\",\"code\":\"turn_canceled\",\"detail\":\"Canceled.\"}\n\n");
    }

    /// <summary>A person who types nothing.</summary>
    private sealed class EndlessReader : TextReader
    {
        private readonly ManualResetEventSlim _over = new();

        public TaskCompletionSource Reading { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override string? ReadLine()
        {
            Reading.SetResult();
            _over.Wait();
            return null;
        }

        protected override void Dispose(bool disposing)
        {
            _over.Set();
            base.Dispose(disposing);
        }
    }
}
