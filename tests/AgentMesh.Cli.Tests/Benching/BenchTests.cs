using System.Collections.Concurrent;
using System.Text.Json;
using AgentMesh.Cli.Benching;

namespace AgentMesh.Cli.Tests.Benching;

/// <summary><c>bench</c>: what is counted, and that a message which is missing or there twice is found out.</summary>
public sealed class BenchTests : IDisposable
{
    private const int MessageMs = 10;

    private readonly TestTerminal _terminal = new();
    private readonly ConcurrentDictionary<string, List<string>> _histories = new();
    private readonly HashSet<string> _keys = [];
    private int _messages;

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task Messages_AreMeasured_AndFound()
    {
        await using var gateway = await StartAsync();
        var ran = await BenchAsync(gateway, "--users", "3", "--messages", "30");
        Assert.Equal((0, ""), (ran.ExitCode, ran.Error));
        Assert.Equal(
            """
            bench       3 agents, 1 connections, 0.3 s
            messages    30 acknowledged, 100.0 a second
            latency     p50 10.0 ms, p95 10.0 ms, p99 10.0 ms, longest 10.0 ms
            histories   33 acknowledged messages were looked for: 0 are missing, 0 are there more than once

            """, ran.Output);
        Assert.Empty(_histories);
        Assert.Equal(33, _keys.Count);
    }

    [Fact]
    public async Task Agents_AreLeft_IfWanted_AndManyConnectionsSendAsMuch()
    {
        await using var gateway = await StartAsync();
        var ran = await _terminal.RunAsync("bench", "--url", gateway.Url, "--users", "5", "--connections", "8", "--messages", "200", "--keep", "--json");
        Assert.Equal(0, ran.ExitCode);
        Assert.Equal(200, JsonElement.Parse(ran.Output).GetProperty("acknowledged").GetInt32());
        Assert.Equal((5, 205), (_histories.Count, _histories.Values.Sum(history => history.Count)));
        Assert.Single(_histories.Keys.Select(user => user[..user.LastIndexOf('-')]).Distinct());
    }

    [Fact]
    public async Task Time_EndsIt()
    {
        await using var gateway = await StartAsync();
        var ran = await BenchAsync(gateway, "--users", "1", "--seconds", "1", "--json");
        Assert.Equal(
            """{"agents":1,"connections":1,"seconds":1,"acknowledged":100,"messagesPerSecond":100,"latencyMs":{"p50":10,"p95":10,"p99":10,"max":10},"refused":{},"unanswered":0,"checked":101,"missing":0,"doubled":0}""" + "\n",
            ran.Output);
    }

    [Theory]
    [InlineData("lose", 1, 0)]
    [InlineData("double", 0, 1)]
    [InlineData("misplace", 1, 0)]
    public async Task WhatIsWrong_IsFoundOut(string fault, int missing, int doubled)
    {
        await using var gateway = await StartAsync(messageFault: (number, _) => number == 20 ? fault : null);
        var ran = await BenchAsync(gateway, "--users", "3", "--messages", "30");
        Assert.Equal(1, ran.ExitCode);
        Assert.Contains($"33 acknowledged messages were looked for: {missing} are missing, {doubled} are there more than once", ran.Output, StringComparison.Ordinal);
    }

    /// <summary>Who is refused for a while is left alone, and the others go on.</summary>
    [Fact]
    public async Task Refusals_AreCounted_AndTheAgentRests()
    {
        await using var gateway = await StartAsync(messageFault: (number, user) => number > 10 && user.EndsWith("-2", StringComparison.Ordinal) ? "refuse" : null);
        var ran = await BenchAsync(gateway, "--users", "3", "--messages", "30");
        Assert.Equal(0, ran.ExitCode);
        Assert.Contains("messages    29 acknowledged", ran.Output, StringComparison.Ordinal);
        Assert.Contains("refused     1 rate_limited\n", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AllAgentsRest_BeyondTheTime_EndsIt()
    {
        await using var gateway = await StartAsync(messageFault: (number, _) => number > 5 ? "refuse" : null);
        var ran = await BenchAsync(gateway, "--users", "2", "--seconds", "60");
        Assert.Equal(0, ran.ExitCode);
        Assert.Contains("messages    3 acknowledged", ran.Output, StringComparison.Ordinal);
        Assert.Contains("refused     2 rate_limited\n", ran.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "401")]
    [InlineData(3, "403")]
    public async Task MeshThatTakesNoMessage_IsNotMeasured(int users, string status)
    {
        await using var gateway = await StubGateway.StartAsync((context, _) => StubGateway.RefuseAsync(context, int.Parse(status, null), "x", "No."));
        var ran = await BenchAsync(gateway, "--users", $"{users}");
        Assert.Equal((3, ""), (ran.ExitCode, ran.Output));
        Assert.Contains($"the gateway says {status}: No.", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 50, 1)]
    [InlineData(1, 99, 1)]
    [InlineData(2, 50, 1)]
    [InlineData(3, 50, 2)]
    [InlineData(100, 50, 50)]
    [InlineData(100, 95, 95)]
    [InlineData(100, 99, 99)]
    [InlineData(101, 99, 100)]
    [InlineData(1000, 99, 990)]
    [InlineData(1000, 100, 1000)]
    public void Percentile_IsAValueThatWasMeasured(int count, int percent, int value) =>
        Assert.Equal(value, Percentile.Of([.. Enumerable.Range(1, count).Select(n => (double)n)], percent));

    private Task<Ran> BenchAsync(StubGateway gateway, params string[] arguments) => _terminal.RunAsync(["bench", "--url", gateway.Url, "--connections", "1", .. arguments]);

    /// <summary>A mesh that answers each message after <see cref="MessageMs"/>.</summary>
    /// <param name="messageFault">What happens to a message, by its number from 1 on and its agent; null: it is stored.</param>
    private Task<StubGateway> StartAsync(Func<int, string, string?>? messageFault = null) => StubGateway.StartAsync(async (context, body) =>
    {
        var user = context.Request.Path.Value!.Split('/')[2];
        switch (context.Request.Method)
        {
            case "DELETE":
                _histories.TryRemove(user, out _);
                await StubGateway.WriteAsync(context, 200, "{}");
                return;
            case "GET":
                var messages = _histories.GetValueOrDefault(user, []).Select(text => new { role = "user", content = text });
                // In two pages.
                var isSecond = context.Request.Query.ContainsKey("before");
                await StubGateway.WriteAsync(context, 200, JsonSerializer.Serialize(new { messages = isSecond ? messages.SkipLast(5) : messages.TakeLast(5), nextBefore = isSecond ? (long?)null : 6 }));
                return;
        }

        _terminal.Time.Advance(TimeSpan.FromMilliseconds(MessageMs));
        var fault = messageFault?.Invoke(Interlocked.Increment(ref _messages), user);
        if (fault == "refuse")
        {
            await StubGateway.RefuseAsync(context, 429, "rate_limited", "Later.", retryAfterSeconds: 60);
            return;
        }

        lock (_keys)
        {
            _keys.Add(context.Request.Headers["Idempotency-Key"].ToString());
            var history = _histories.GetOrAdd(fault != "misplace" ? user : user[..^1] + (user[^1] == '1' ? '2' : '1'), _ => []);
            for (var times = fault switch { "lose" => 0, "double" => 2, _ => 1 }; times > 0; times--)
                history.Add(JsonElement.Parse(body).GetProperty("content").GetString()!);
        }

        await StubGateway.WriteAsync(context, 200, """{"response":"Yes."}""");
    });
}
