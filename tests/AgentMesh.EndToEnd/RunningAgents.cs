using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.EndToEnd;

/// <summary>
/// Many agents in two processes. Each is sent one message after the other, which a model with a price answers: while they run, a hold is taken all the
/// time, by some agent somewhere.
/// </summary>
internal sealed class RunningAgents(AgentClient client, ModelServerProcess model, int count)
{
    /// <summary>A turn takes some four seconds.</summary>
    public const string Model = "1000ms-4tokens";

    /// <summary>Requests at a time, but for those that wait: the machine is to be busy with what is tested, and not with the test.</summary>
    private const int Concurrency = 16;

    private Task<Paused>[] _senders = [];

    public int Count => count;

    public static string[] Options(ModelServerProcess server) =>
    [
        "--replicas", "agents=2", .. MeshOptions.Model(server, Model),
        // Nobody dies here, and so many short leases would be work.
        "--set", "AgentMesh__Turns__LeaseSeconds=15",
        "--set", "AgentMesh__Wallets__Provider=none",
        .. MeshOptions.Price(Model),
    ];

    public static string NameOf(int agent) => $"user-{agent}";

    /// <summary>The milliseconds since 1970, by the clock that the model server has too.</summary>
    public static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>For each agent, some at a time.</summary>
    public Task EachAsync(Func<int, Task> act) => Parallel.ForAsync(
        0, count, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = TestContext.Current.CancellationToken },
        async (agent, _) => await act(agent));

    /// <summary>Begins, and waits until the model has been asked by all, and by a quarter of them for their second turn.</summary>
    public async Task StartAsync()
    {
        _senders = [.. Enumerable.Range(0, count).Select(RunAsync)];
        while (await LogAsync() is var log && (log.Count < count + count / 4 || log.DistinctBy(one => one.Message).Count() < count))
            await PauseAsync();
    }

    /// <summary>Waits until each has a turn that is paused.</summary>
    public Task<Paused[]> UntilPausedAsync() => Task.WhenAll(_senders);

    /// <summary>What the model was asked so far; the message is the agent's name.</summary>
    public Task<IReadOnlyList<ModelArrival>> LogAsync() => model.ReadLogAsync(TestContext.Current.CancellationToken);

    /// <summary>What an agent has spent and set aside, in micro-USD.</summary>
    public async Task<long> UsedAsync(int agent)
    {
        var budget = await client.Http.GetFromJsonAsync<JsonElement>($"/agent/{NameOf(agent)}/budget", TestContext.Current.CancellationToken);
        var limit = budget.GetProperty("limits").EnumerateArray().Single(one => one.GetProperty("asset").GetString() == "USD");
        Assert.Equal("0", limit.GetProperty("overrun").GetString());
        return NumberOf(limit, "posted") + NumberOf(limit, "held");
    }

    /// <summary>Waits for the end of a turn that goes on.</summary>
    public async Task UntilCompletedAsync(int agent, string turn)
    {
        while ((await TurnAsync(agent, turn)).GetProperty("status").GetString() is var status && status != "completed")
        {
            Assert.Equal("running", status);
            await PauseAsync();
        }
    }

    /// <summary>Asks for a paused turn to go on, until it may: a process hears of the end of a freeze half a second later.</summary>
    public async Task ResumeAsync(int agent, string turn)
    {
        while (true)
        {
            using var answer = await SendAsync(HttpMethod.Post, $"/agent/{NameOf(agent)}/turns/{turn}/resume", null);
            if (answer.IsSuccessStatusCode)
                return;
            Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.ServiceUnavailable);
            await PauseAsync();
        }
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body) => client.Http.SendAsync(
        new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) }, TestContext.Current.CancellationToken);

    /// <summary>Sends a message and waits for its answer.</summary>
    /// <returns>Why there is none; null: there is.</returns>
    public async Task<Paused?> PostAsync(int agent)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"/agent/{NameOf(agent)}/message", new { content = NameOf(agent) });
        if (answer.IsSuccessStatusCode)
            return null;
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.ServiceUnavailable, problem.GetRawText());
        var type = problem.GetProperty("type").GetString()!;
        return new Paused(problem.GetProperty("turnId").GetString()!, type[(type.LastIndexOf(':') + 1)..]);
    }

    private async Task<Paused> RunAsync(int agent)
    {
        while (true)
        {
            var paused = await PostAsync(agent);
            // On a machine that is too busy a process does not hear of its tenant for seconds, and spends nothing until it does.
            while (paused is { Code: "tenant_unknown" })
                paused = await GoOnAsync(agent, paused.Turn);
            if (paused is not null)
                return paused;
        }
    }

    /// <summary>Asks once for a paused turn to go on, and waits for its end.</summary>
    /// <returns>Why it is paused again; null: it is not.</returns>
    private async Task<Paused?> GoOnAsync(int agent, string turn)
    {
        using var resumed = await SendAsync(HttpMethod.Post, $"/agent/{NameOf(agent)}/turns/{turn}/resume", null);
        while (true)
        {
            var found = await TurnAsync(agent, turn);
            if (found.TryGetProperty("pause", out var pause))
                return new Paused(turn, pause.GetProperty("code").GetString()!);
            if (found.GetProperty("status").GetString() == "completed")
                return null;
            await PauseAsync();
        }
    }

    private static Task PauseAsync() => Task.Delay(200, TestContext.Current.CancellationToken);

    private Task<JsonElement> TurnAsync(int agent, string turn) =>
        client.Http.GetFromJsonAsync<JsonElement>($"/agent/{NameOf(agent)}/turns/{turn}", TestContext.Current.CancellationToken);

    private static long NumberOf(JsonElement json, string member) => long.Parse(json.GetProperty(member).GetString()!, CultureInfo.InvariantCulture);
}

/// <summary>A turn that waits.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Code">Why.</param>
internal sealed record Paused(string Turn, string Code);
