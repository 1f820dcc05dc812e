using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace AgentMesh.CrashTest;

/// <summary>
/// Sees every turn from outside the mesh: a turn takes a token when it begins (one higher than any before, atomically) and gives it back
/// when it ends. A turn that begins while another of the same actor has not ended, in a process that runs, is the overlap that must
/// never be. A process that was stopped and replaced is the exception that no lease can prevent: when it goes on it ends what it was
/// about, and takes up what was sent to it, before it can learn that it is no longer asked. Of such two turns only one may save. The
/// store lives in the test, so that no killed or stopped process can hold a lock of it.
/// </summary>
internal sealed class FencingStore : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Turn>> _turns = new(StringComparer.Ordinal);
    private readonly List<(string Actor, Turn Open, Turn Second)> _overlaps = [];
    private readonly HashSet<int> _stopped = [];
    private long _lastToken;

    private FencingStore(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Called with the process in which a turn has begun, before that process hears of its token.</summary>
    public Action<string, int>? Entered { get; set; }

    public static async Task<FencingStore> StartAsync()
    {
        // The empty builder: no lifetime that takes the test run's own signals.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        var app = builder.Build();
        var store = new FencingStore(app);
        app.MapPost("/enter", (string actor, int pid) => store.Enter(actor, pid).ToString(CultureInfo.InvariantCulture));
        app.MapPost("/leave", (string actor, long token, long count, bool saved) => store.Leave(actor, token, count, saved));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return store;
    }

    /// <summary>Turns begun.</summary>
    public long Turns => Interlocked.Read(ref _lastToken);

    /// <summary>The turns of an actor, in the order of their tokens.</summary>
    public IReadOnlyList<Turn> TurnsOf(string actor)
    {
        lock (_gate)
            return [.. _turns.GetValueOrDefault(actor) ?? []];
    }

    /// <summary>The test stops a process, now or soon: its turns may from now on be those of a process that was replaced.</summary>
    public void Stops(int pid)
    {
        lock (_gate)
            _stopped.Add(pid);
    }

    /// <summary>No turn began beside another, save one of a process that was stopped, and of those two at most one saved.</summary>
    public void AssertNoTurnsOverlapped()
    {
        lock (_gate)
        {
            var faults = from overlap in _overlaps
                         where !(_stopped.Contains(overlap.Open.Pid) || _stopped.Contains(overlap.Second.Pid)) || (overlap.Open.Saved == true && overlap.Second.Saved == true)
                         select $"{overlap.Actor}: {Told(overlap.Second)} beside {Told(overlap.Open)}";
            Assert.True(faults.ToList() is [], string.Join('\n', faults));
        }

        string Told(Turn turn) => $"token {turn.Token} in {(_stopped.Contains(turn.Pid) ? "stopped " : "")}process {turn.Pid}, saved {turn.Saved?.ToString() ?? "unknown"}";
    }

    /// <summary>
    /// In the order of tokens each saved count is the one before plus one: nothing saved was lost or written over, and no process that was
    /// stopped in its turn saved after its successor had begun. A turn whose process died in it may have saved or not; one that was
    /// refused has not.
    /// </summary>
    public void AssertNoUpdateWasLost()
    {
        foreach (var (actor, turns) in _turns)
        {
            var (last, unknown) = (0L, 0);
            foreach (var turn in turns)
            {
                if (turn.Saved is null)
                {
                    unknown++;
                }
                else if (turn.Saved == true)
                {
                    Assert.True(turn.Count > last && turn.Count <= last + 1 + unknown, $"{actor}: token {turn.Token} saved {turn.Count} after {last} with {unknown} unknown turns between");
                    (last, unknown) = (turn.Count, 0);
                }
            }
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private long Enter(string actor, int pid)
    {
        long token;
        lock (_gate)
        {
            if (!_turns.TryGetValue(actor, out var turns))
                _turns[actor] = turns = [];
            token = ++_lastToken;
            var turn = new Turn(token, pid);
            if (turns is [.., { HasEnded: false } open] && IsRunning(open.Pid))
                _overlaps.Add((actor, open, turn));
            turns.Add(turn);
        }

        Entered?.Invoke(actor, pid);
        return token;
    }

    private void Leave(string actor, long token, long count, bool saved)
    {
        lock (_gate)
        {
            var turn = _turns[actor].Single(turn => turn.Token == token);
            (turn.HasEnded, turn.Count, turn.Saved) = (true, count, saved);
            turn.Ended.TrySetResult();
        }
    }

    /// <summary>The state of a process or a thread by its folder in /proc, as ps shows it; null: it is gone.</summary>
    internal static char? StateOf(string folder)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return null;
        }
    }

    // Gone, a zombie, or stopped: none of these executes anything.
    private static bool IsRunning(int pid) => StateOf($"/proc/{pid}") is not (null or 'Z' or 'X' or 'T');

    internal sealed class Turn(long token, int pid)
    {
        public long Token => token;

        public int Pid => pid;

        public bool HasEnded { get; set; }

        public long Count { get; set; }

        /// <summary>Null: nobody knows.</summary>
        public bool? Saved { get; set; }

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
