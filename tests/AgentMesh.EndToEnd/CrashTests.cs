using System.Collections.Concurrent;

namespace AgentMesh.EndToEnd;

/// <summary>Kill what you like: what was acknowledged is there, once and in order.</summary>
public sealed class CrashTests
{
    private const int Users = 50;
    private const int Clients = 16;
    private const int Messages = 1_000;

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task AcknowledgedMessages_AreThereOnceAndInOrder_AfterKillsOfAgentsAndSidecar(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Embedded);
        await using var store = await TestStore.CreateAsync(kind);
        using var load = new Load();
        var mesh = await Mesh.StartAsync(store.Data, store.Redis);
        try
        {
            load.Gateway.SetResult(mesh.Ready.Gateway);
            var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => load.RunClientAsync(client), TestContext.Current.CancellationToken)).ToList();

            await load.WaitForAsync(Messages / 3);
            await mesh.ReplaceAsync(mesh.Ready.App("agents"));

            await load.WaitForAsync(Messages * 2 / 3);
            load.Gateway = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var left = mesh.Ready.Apps.Select(app => app.Pid).ToList();
            await mesh.KillSidecarAsync();
            var next = await Mesh.StartAsync(store.Data, store.Redis);
            await mesh.DisposeAsync();
            mesh = next;
            // What the SIGKILL left behind was ended by the start.
            Assert.All(left, pid => Assert.False(Mesh.IsRunning(pid)));
            load.Gateway.SetResult(mesh.Ready.Gateway);

            await Task.WhenAll(clients);
            Assert.Equal(Messages, load.Sent);
            await load.VerifyAsync(mesh.Ready.Gateway);
        }
        finally
        {
            await mesh.DisposeAsync();
        }
    }

    /// <summary>
    /// Clients with a fixed plan of unique messages. Even clients send with an Idempotency-Key and repeat until they have an answer; odd
    /// clients give a message up when its answer is lost, and it may then be there or not, but not twice.
    /// </summary>
    private sealed class Load : IDisposable
    {
        private readonly ConcurrentDictionary<string, ConcurrentQueue<(int Client, string Content)>> _acknowledged = new();
        private readonly ConcurrentDictionary<string, bool> _unknown = new();
        private readonly SemaphoreSlim _progress = new(0);
        private int _next = -1;
        private int _done;

        public TaskCompletionSource<Uri> Gateway { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Sent => Volatile.Read(ref _done);

        public void Dispose() => _progress.Dispose();

        public async Task WaitForAsync(int done)
        {
            while (Sent < done)
                Assert.True(await _progress.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), $"No progress for 60 s at {Sent} messages.");
        }

        public async Task RunClientAsync(int client)
        {
            AgentClient? http = null;
            Uri? connectedTo = null;
            while (Interlocked.Increment(ref _next) is var number && number < Messages)
            {
                var user = $"user-{number % Users}";
                var content = $"message {number} of client {client}";
                while (true)
                {
                    var gateway = await Gateway.Task;
                    if (gateway != connectedTo)
                    {
                        http?.Dispose();
                        http = new AgentClient(connectedTo = gateway);
                    }

                    try
                    {
                        var posted = await http!.PostAsync(user, content, client % 2 == 0 ? $"key-{number}" : null);
                        Assert.Contains($"You said: \"{content}\".", posted.Response, StringComparison.Ordinal);
                        _acknowledged.GetOrAdd(user, _ => new()).Enqueue((client, content));
                        break;
                    }
                    catch (HttpRequestException)
                    {
                        if (client % 2 == 0)
                        {
                            // The mesh is down: wait for the new address rather than ask the old one again and again.
                            await Task.Yield();
                            continue;
                        }

                        _unknown[content] = true;
                        break;
                    }
                }

                Interlocked.Increment(ref _done);
                _progress.Release();
            }

            http?.Dispose();
        }

        public async Task VerifyAsync(Uri gateway)
        {
            using var http = new AgentClient(gateway);
            var stored = 0;
            foreach (var (user, acknowledged) in _acknowledged)
            {
                var history = await http.HistoryAsync(user, limit: 7);
                var contents = history.Where(message => message.Role == "user").Select(message => message.Content).ToList();
                Assert.Equal(contents.Count, contents.Distinct().Count());
                Assert.Empty(acknowledged.Select(message => message.Content).Except(contents));
                Assert.All(contents.Except(acknowledged.Select(message => message.Content)), content => Assert.True(_unknown.ContainsKey(content), content));
                // A client sends one after the other, so its messages stand in the order of its acknowledgements.
                foreach (var client in acknowledged.GroupBy(message => message.Client))
                {
                    var sent = client.Select(message => message.Content).ToList();
                    Assert.Equal(sent, contents.Where(sent.Contains));
                }

                AssertUnbrokenPairs(history);
                Assert.Equal(history.Count, (await http.InfoAsync(user)).GetProperty("messageCount").GetInt64());
                stored += contents.Count;
            }

            Assert.InRange(stored, Messages - _unknown.Count, Messages);
        }

        private static void AssertUnbrokenPairs(List<AgentClient.Message> history)
        {
            Assert.Equal(0, history.Count % 2);
            Assert.Equal(history.Select(message => message.Seq).Order().Distinct(), history.Select(message => message.Seq));
            foreach (var pair in history.Chunk(2))
            {
                Assert.Equal(["user", "assistant"], pair.Select(message => message.Role));
                Assert.Contains($"You said: \"{pair[0].Content}\".", pair[1].Content, StringComparison.Ordinal);
            }
        }
    }
}
