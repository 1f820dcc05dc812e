using System.Collections.Concurrent;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.Cli.Tests.CrashTesting;

/// <summary><c>crash-test</c> on a mesh that there is: that a mesh which keeps its promises passes, and one which breaks them is found out.</summary>
public sealed class CrashTestTests : IDisposable
{
    private readonly TestTerminal _terminal = new() { Clock = TimeProvider.System };
    private readonly StubAgents _agents = new();

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task MeshThatKeepsItsPromises_Passes_AndItsAgentsAreErased()
    {
        await using var gateway = await _agents.StartAsync();
        // Long enough for a first accident, whatever the seed.
        var ran = await _terminal.RunAsync("crash-test", "messages", "--seconds", "4", "--url", gateway.Url, "--junit", "junit.xml", "--history", "history.jsonl");
        Assert.True(ran.ExitCode == 0, ran.Output + ran.Error);
        Assert.StartsWith("scenario ", ran.Output, StringComparison.Ordinal);
        Assert.Contains("\nnothing is wrong\n", ran.Output, StringComparison.Ordinal);
        Assert.Contains("plan: ", ran.Error, StringComparison.Ordinal);
        Assert.Empty(_agents.Histories);
        var suite = XElement.Load(_terminal.At("junit.xml"));
        Assert.Equal(("1", "0"), ((string?)suite.Attribute("tests"), (string?)suite.Attribute("failures")));
        var lines = File.ReadAllLines(_terminal.At("history.jsonl")).Select(line => JsonElement.Parse(line).GetProperty("type").GetString()).ToList();
        Assert.Contains("operation", lines);
        Assert.Contains("reading", lines);
    }

    [Theory]
    [InlineData("lose", "lost")]
    [InlineData("double", "doubled")]
    [InlineData("misplace", "leaked")]
    [InlineData("forget", "doubled")]
    public async Task WhatIsWrong_IsFoundOut(string fault, string kind)
    {
        _agents.Fault = number => number >= 20 ? fault : null;
        await using var gateway = await _agents.StartAsync();
        // Long enough for the 20th message, and for one that is sent again, on a machine that is busy.
        var ran = await _terminal.RunAsync("crash-test", "messages", "--url", gateway.Url, "--seconds", "4", "--seed", "7", "--json");
        Assert.True(ran.ExitCode == 1, ran.Output + ran.Error);
        var board = JsonElement.Parse(ran.Output);
        Assert.False(board.GetProperty("clean").GetBoolean());
        var scenario = board.GetProperty("scenarios")[0];
        Assert.True(scenario.GetProperty(kind).GetInt32() > 0, ran.Output);
        Assert.All(scenario.GetProperty("violations").EnumerateArray(), violation => Assert.NotEqual(0, violation.GetProperty("evidence").GetArrayLength()));
    }

    /// <summary>The command is told what to kill; what it cannot kill is not counted.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 0)]
    public async Task Kill_IsACommandOfTheOperator(int exitCode, int countedOfEach)
    {
        await using var gateway = await _agents.StartAsync();
        _terminal.Write("kill.sh", $"echo $1 >>killed; exit {exitCode}");
        // Of this seed processes are killed within three seconds.
        var ran = await _terminal.RunAsync("crash-test", "messages", "--url", gateway.Url, "--seconds", "3", "--seed", "11", "--kill", "sh kill.sh", "--json");
        var planned = ran.Error.Split('\n').Where(line => line.StartsWith("plan:", StringComparison.Ordinal) && line.Contains(" kill ", StringComparison.Ordinal)).Select(line => line.Split(' ')[^1]).ToArray();
        Assert.NotEmpty(planned);
        Assert.Equal(planned, File.ReadAllLines(_terminal.At("killed")));
        var accidents = JsonElement.Parse(ran.Output).GetProperty("scenarios")[0].GetProperty("accidents");
        Assert.Equal(planned.Length * countedOfEach, accidents.TryGetProperty("kills", out var kills) ? kills.GetInt32() : 0);
    }

    [Fact]
    public async Task LastLine_IsTheCommandThatDoesItAgain()
    {
        await using var gateway = await _agents.StartAsync();
        var ran = await RunAsync(gateway, "--kill", "sh kill.sh", "--junit", "junit.xml");
        Assert.Matches(
            $"^replay: dotnet run --project src/AgentMesh.Cli -- crash-test messages --seed [0-9]+ --seconds 1 --url {gateway.Url} --kill 'sh kill.sh'$", ran.Output.TrimEnd().Split('\n')[^1]);
        var seed = Assert.Single(XElement.Load(_terminal.At("junit.xml")).Descendants("property"), property => (string?)property.Attribute("name") == "seed");
        Assert.Contains($" --seed {(string?)seed.Attribute("value")} ", ran.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--kill is for a mesh that runs: --url says where", "--kill", "x")]
    [InlineData("--replicas is for a mesh of its own, without --url", "--url", "http://127.0.0.1:1", "--replicas", "2")]
    [InlineData("--set is for a mesh of its own, without --url", "--url", "http://127.0.0.1:1", "--set", "a=b")]
    [InlineData("--model-url and --model go together", "--model-url", "http://127.0.0.1:1")]
    [InlineData("--seed: 'x' is not a number of 0 to 18446744073709551615", "--seed", "x")]
    [InlineData("--seconds: '0' is not a number of 1 to 86400", "--seconds", "0")]
    [InlineData("this is no checkout that a mesh could be started from: --launcher names a launcher, --url a mesh that runs")]
    [InlineData("is not there", "--launcher", "nothing.dll")]
    public async Task WrongCommandLine_IsExplained(string complaint, params string[] arguments)
    {
        var ran = await _terminal.RunAsync(["crash-test", "messages", .. arguments]);
        Assert.Equal((2, ""), (ran.ExitCode, ran.Output));
        Assert.Contains(complaint, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownScenario_IsTold()
    {
        var ran = await _terminal.RunAsync("crash-test", "weather");
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("weather", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyThere_IsNoVerdict()
    {
        var ran = await _terminal.RunAsync("crash-test", "messages", "--url", "http://127.0.0.1:1", "--seconds", "1");
        Assert.Equal((1, ""), (ran.ExitCode, ran.Output));
        Assert.Contains("the gateway is not reached at http://127.0.0.1:1", ran.Error, StringComparison.Ordinal);
    }

    private Task<Ran> RunAsync(StubGateway gateway, params string[] more) => _terminal.RunAsync(["crash-test", "messages", "--seconds", "1", "--url", gateway.Url, .. more]);

    /// <summary>Agents that echo, with keys and histories.</summary>
    private sealed class StubAgents
    {
        private readonly ConcurrentDictionary<string, string> _answers = new();
        private readonly HashSet<string> _forgotten = [];
        private readonly Lock _lock = new();
        private int _messages;

        public ConcurrentDictionary<string, List<(string Role, string Content)>> Histories { get; } = new();

        /// <summary>What happens to a message, by its number from 1 on; null: what should.</summary>
        public Func<int, string?> Fault { get; set; } = _ => null;

        public Task<StubGateway> StartAsync() => StubGateway.StartAsync(async (context, body) =>
        {
            var path = context.Request.Path.Value!.Split('/');
            if (path[1] != "agent")
            {
                await StubGateway.WriteAsync(context, 200, "{}");
                return;
            }

            switch (context.Request.Method)
            {
                case "DELETE":
                    Histories.TryRemove(path[2], out _);
                    await StubGateway.WriteAsync(context, 200, "{}");
                    return;
                case "GET":
                    await StubGateway.WriteAsync(context, 200, Page(path[2], context.Request.Query));
                    return;
                default:
                    var (status, answer) = Say(path[2], JsonElement.Parse(body).GetProperty("content").GetString()!, context.Request.Headers["Idempotency-Key"].ToString());
                    await StubGateway.WriteAsync(context, status, answer);
                    return;
            }
        });

        private (int Status, string Answer) Say(string user, string content, string key)
        {
            lock (_lock)
            {
                var fault = Fault(Interlocked.Increment(ref _messages));
                if (key.Length > 0 && _answers.TryGetValue(key, out var known))
                    return (200, known);
                var history = Histories.GetOrAdd(fault != "misplace" ? user : user[..^1] + (user[^1] == '1' ? '2' : '1'), _ => []);
                for (var times = fault switch { "lose" => 0, "double" => 2, _ => 1 }; times > 0; times--)
                    history.AddRange([("user", content), ("assistant", $"Yes: {content}")]);
                var answer = JsonSerializer.Serialize(new { seq = history.Count, turnId = $"{history.Count}", response = $"Yes: {content}" });
                // Stored, and neither remembered nor answered: its client sends it again.
                if (fault == "forget" && _forgotten.Add(key))
                    return (503, "{}");
                _answers[key] = answer;
                return (200, answer);
            }
        }

        private string Page(string user, IQueryCollection query)
        {
            lock (_lock)
            {
                var (limit, before) = (int.Parse(query["limit"]!, null), query.TryGetValue("before", out var text) ? int.Parse(text!, null) : int.MaxValue);
                var messages = Histories.GetValueOrDefault(user, []).Select((message, n) => new { seq = n + 1, role = message.Role, content = message.Content }).Where(message => message.seq < before).ToList();
                var page = messages.TakeLast(limit).ToList();
                return JsonSerializer.Serialize(new { messages = page, nextBefore = page.Count < messages.Count ? page[0].seq : (int?)null });
            }
        }
    }
}
