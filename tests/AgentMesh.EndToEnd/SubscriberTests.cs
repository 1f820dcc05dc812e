using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentMesh.EndToEnd;

/// <summary>An outside service hears of everything: the sample in JavaScript, as its README starts it, and the agents' process is killed meanwhile.</summary>
public sealed partial class SubscriberTests
{
    private const int Agents = 24;
    private const int Rounds = 6;

    private static readonly string Sample = Path.Combine(Mesh.Root, "samples/subscriber-js");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task EveryEvent_IsHeardOnceById_ThoughTheAgentsAreKilled(StoreKind kind)
    {
        await InstallOrSkipAsync();
        LongForm.UnlessOn(kind, StoreKind.Embedded);
        await using var store = await TestStore.CreateAsync(kind);
        // A second for which events gather: the kill takes some with it for certain.
        await using var mesh = await Mesh.StartAsync(
            store.Data, store.Redis, "ready.json",
            ["--run-file", Path.Combine(Sample, "dapr.yaml"), .. MeshOptions.Set("AgentMesh__Events__IntervalMs=1000"), .. MeshOptions.Set("AgentMesh__Flush__IntervalSeconds=3")]);
        using var heard = new Heard(mesh);
        using var client = new AgentClient(mesh.Ready.Gateway);
        for (var round = 0; round < Rounds; round++)
        {
            await Parallel.ForAsync(
                0, Agents, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken },
                // Half of the agents say nothing after the kill: only their reminder brings their last events.
                async (n, _) =>
                {
                    if (n % 2 == 0 || round < Rounds / 2)
                        await client.PostAsync($"agent-{n}", "swordfish", $"{n}-{round}");
                });
            if (round == Rounds / 2 - 1)
                await mesh.ReplaceAsync(mesh.Ready.App("agents"));
        }

        for (var n = 0; n < Agents; n++)
        {
            // A question and an answer for each message.
            var expected = 2 * (n % 2 == 0 ? Rounds : Rounds / 2);
            await heard.UntilAsync($"default:agent-{n}", expected, Patience);
        }

        // Whatever came twice was dropped, and no event says what was said.
        Assert.Equal(heard.Ids.Distinct().Count(), heard.Ids.Count);
        Assert.DoesNotContain(heard.Lines, line => line.Contains("swordfish", StringComparison.Ordinal));
        Assert.All(heard.Lines, line => Assert.Contains(" com.agentmesh.agent.message.v1 ", line, StringComparison.Ordinal));
    }

    private static async Task InstallOrSkipAsync()
    {
        var version = await RunAsync("node", "--version");
        Assert.SkipWhen(version is null, "node is not on PATH.");
        Assert.SkipUnless(int.Parse(version!.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture) >= 20, "The sample needs node 20 or newer.");
        if (await RunAsync("npm", "ls", "--silent") is null)
            Assert.SkipWhen(await RunAsync("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error") is null, "The sample's npm packages cannot be had.");
    }

    /// <summary>Runs a program in the sample's folder.</summary>
    /// <returns>What it printed; null when it is not there, or failed.</returns>
    private static async Task<string?> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Sample, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await errors;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode == 0 ? output.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>What the subscriber has printed.</summary>
    private sealed partial class Heard : IDisposable
    {
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly SemaphoreSlim _more = new(0);

        private readonly Mesh _mesh;

        public Heard(Mesh mesh)
        {
            _mesh = mesh;
            mesh.Printed += Hear;
        }

        public void Dispose()
        {
            _mesh.Printed -= Hear;
            _more.Dispose();
        }

        public IReadOnlyCollection<string> Lines => _lines;

        public IReadOnlyList<string> Ids => [.. _lines.Select(line => EventLine.Match(line).Groups["id"].Value)];

        [GeneratedRegex(@"event (?<id>(?<agent>[^ /]+)/[0-9]+/(?<seq>[0-9]+)) ")]
        private static partial Regex EventLine { get; }

        /// <summary>Waits until an agent's events up to that number have been heard, without a gap.</summary>
        public async Task UntilAsync(string agent, int last, TimeSpan patience)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(patience);
            while (!SeqsOf(agent).SequenceEqual(Enumerable.Range(1, last)))
            {
                try
                {
                    await _more.WaitAsync(limit.Token);
                }
                catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
                {
                    Assert.Fail($"Of {agent} were heard {string.Join(' ', SeqsOf(agent))}, and {last} are there.");
                }
            }
        }

        private void Hear(string line)
        {
            if (!EventLine.IsMatch(line))
                return;
            _lines.Enqueue(line);
            _more.Release();
        }

        private IEnumerable<int> SeqsOf(string agent) => _lines.Select(line => EventLine.Match(line)).Where(match => match.Groups["agent"].Value == agent)
            .Select(match => int.Parse(match.Groups["seq"].Value, CultureInfo.InvariantCulture)).Order();
    }
}
