using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using CsCheck;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>
/// One mesh under fire: how many requests of each kind, what was answered, what is wrong. Request n of a kind is the same for the same seed, whatever ran before it.
/// </summary>
internal sealed class FuzzRun(Mesh mesh, TestStore store)
{
    private const int MaxFaults = 12;

    /// <summary>Longer than all patience of one request together.</summary>
    private static readonly TimeSpan MostOfOne = TimeSpan.FromSeconds(60);

    // One example of each kind of fault is enough to look at.
    private readonly ConcurrentDictionary<string, (int Count, string Example)> _faults = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _untouched = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _touched = new(StringComparer.Ordinal);
    private int _lanes;

    /// <summary>What all of a run is made from: <c>AGENTMESH_FUZZ_SEED</c>; in CI always the same, which says nothing new but what a change has broken; else by chance.</summary>
    public static ulong Seed { get; } = Environment.GetEnvironmentVariable("AGENTMESH_FUZZ_SEED") is { Length: > 0 } text
        ? ulong.Parse(text, CultureInfo.InvariantCulture)
        : Environment.GetEnvironmentVariable("CI") == "true" ? 7 : (ulong)Random.Shared.NextInt64();

    /// <summary>The only case that is sent, kind and number: <c>AGENTMESH_FUZZ_ONE</c>; null or empty: all.</summary>
    private static string? One { get; } = Environment.GetEnvironmentVariable("AGENTMESH_FUZZ_ONE");

    public Mesh Mesh => mesh;

    public Uri Gateway => mesh.Ready.Gateway;

    public StoreWatch OpenStore() => new(store);

    /// <summary>Sends requests of a kind, several at a time.</summary>
    /// <param name="kind">A number for the kind, so that kinds differ.</param>
    /// <param name="gen">The requests.</param>
    /// <param name="count">How many.</param>
    /// <param name="lanes">How many at a time, each of agents of its own.</param>
    /// <param name="send">Sends one.</param>
    /// <param name="token">What callers show; null: nothing.</param>
    public IEnumerable<Task> Start<T>(uint kind, Gen<T> gen, int count, int lanes, Func<Lane, T, Task> send, string? token = null)
    {
        var next = -1;
        return [.. Enumerable.Range(0, lanes).Select(_ => Task.Run(async () =>
        {
            using var lane = new Lane(this, Interlocked.Increment(ref _lanes), token);
            for (int n; (n = Interlocked.Increment(ref next)) < count;)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                if (One is { Length: > 0 } one && one != $"{kind}:{n}")
                    continue;
                lane.Case = $"{kind}:{n}";
                var made = gen.Generate(new PCG(kind * 0x0100_0000 + (uint)n, Seed), null, out var _);
                try
                {
                    await send(lane, made).WaitAsync(MostOfOne, TestContext.Current.CancellationToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    lane.Fail($"the driver: {exception.GetType().Name}", $"{exception}\n{made}");
                    await lane.RenewAsync();
                }
            }

            lane.Leave();
        }))];
    }

    public void Count(string name) => _answers.AddOrUpdate(name, 1, (_, count) => count + 1);

    /// <summary>Notes what is wrong.</summary>
    /// <param name="fault">What, without what differs from request to request.</param>
    /// <param name="example">The request and its answer.</param>
    public void Fail(string fault, string example) => _faults.AddOrUpdate(fault, (1, example), (_, known) => (known.Count + 1, known.Example.Length <= example.Length ? known.Example : example));

    /// <summary>Of an agent nothing was taken: what it has stored must be the same in the end.</summary>
    public void Leave(string user, IReadOnlyList<string> stored) => _untouched[user] = stored;

    /// <summary>An agent did what it was asked to do.</summary>
    public void Touch(string user) => _touched[user] = 0;

    /// <summary>Agents of whom nothing was taken have nothing new, and nobody else has an agent.</summary>
    public void Sweep()
    {
        using var watch = OpenStore();
        foreach (var (user, stored) in _untouched)
        {
            if (!watch.OfAgent(user).SequenceEqual(stored))
                Fail("stored later: an agent of whom nothing was taken has other records in the end", $"{user}\n{string.Join('\n', watch.OfAgent(user).Except(stored))}");
        }

        foreach (var agent in watch.Below("agents||AgentActor||").GroupBy(key => key.Split("||")[2]))
        {
            var user = agent.Key[(agent.Key.IndexOf(':', StringComparison.Ordinal) + 1)..];
            // Who gets a message gets an agent, by what the sender did.
            var isKnown = _touched.ContainsKey(user) || _untouched.ContainsKey(user) || user.EndsWith("-friend", StringComparison.Ordinal) || user.EndsWith("-other", StringComparison.Ordinal);
            if (!isKnown && !agent.All(key => key.Split("||")[3] is var record && (record.StartsWith("mail", StringComparison.Ordinal) || record.StartsWith("head", StringComparison.Ordinal) || record.StartsWith("wallet", StringComparison.Ordinal) || record.StartsWith("events", StringComparison.Ordinal))))
                Fail("stored elsewhere: an agent is there that nobody has used", string.Join('\n', agent));
        }
    }

    /// <summary>How much of what was answered.</summary>
    public string Report()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"seed {Seed}: {_answers.Values.Sum()} requests, {_untouched.Count} agents of whom nothing was taken in the end\n");
        foreach (var (name, count) in _answers.OrderBy(answer => answer.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"  {count,7}  {name}\n");
        return text.ToString();
    }

    public void AssertNoFaults()
    {
        if (_faults.IsEmpty)
            return;
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{_faults.Count} kinds of faults. AGENTMESH_FUZZ_SEED={Seed} makes the same requests; the smallest that shows a kind is shown.\n");
        foreach (var (fault, (count, _)) in _faults.OrderByDescending(fault => fault.Value.Count))
            text.Append(CultureInfo.InvariantCulture, $"{count,7}  {fault}\n");
        foreach (var (fault, (count, example)) in _faults.OrderByDescending(fault => fault.Value.Count).Take(MaxFaults))
            text.Append(CultureInfo.InvariantCulture, $"\n== {count} times: {fault}\n{example}\n");
        Assert.Fail(text.ToString());
    }
}
