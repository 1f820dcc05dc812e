using System.Net;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>An agent that nothing is about: its conversation and its records must be the same afterwards, and it must still answer.</summary>
internal sealed class Bystander
{
    private const string User = "bystander";

    private readonly FuzzRun _run;
    private readonly AgentClient _client;
    private readonly string? _token;
    private string _history = "";
    private IReadOnlyList<string> _stored = [];

    private Bystander(FuzzRun run, string? token)
    {
        (_run, _client, _token) = (run, new AgentClient(run.Gateway), token);
        if (token is not null)
            _client.Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    public static async Task<Bystander> CreateAsync(FuzzRun run, string? token = null)
    {
        var made = new Bystander(run, token);
        await made._client.PostAsync(User, "hello");
        made._history = await made.ReadAsync();
        using var store = run.OpenStore();
        await store.UntilSettledAsync(User);
        made._stored = store.OfAgent(User);
        Assert.NotEmpty(made._stored);
        run.Touch(User);
        return made;
    }

    /// <summary>Looks whether all is as it was, and has a word with it.</summary>
    public async Task LookAsync()
    {
        using (_client)
        {
            using var ready = await _client.Http.GetAsync("/readyz", TestContext.Current.CancellationToken);
            if (ready.StatusCode != HttpStatusCode.OK)
                _run.Fail("not ready afterwards", await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            using var store = _run.OpenStore();
            if (!store.OfAgent(User).SequenceEqual(_stored) || await ReadAsync() != _history)
                _run.Fail("an agent that nothing was about has changed", string.Join('\n', store.OfAgent(User).Except(_stored)));
            if (_token is null)
                Assert.Equal(4, (await _client.PostAsync(User, "still there?")).MessageCount);
        }
    }

    private Task<string> ReadAsync() => _client.Http.GetStringAsync($"/agent/{User}/history", TestContext.Current.CancellationToken);
}
