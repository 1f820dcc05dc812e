using System.Globalization;
using AgentMesh.Cli.CrashTesting.Scenarios;
using AgentMesh.Cli.Meshes;
using AgentMesh.CrashKit.Checking;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Seeds;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.CrashTesting.Driving;

/// <summary>
/// Watches an agent: whenever its connection is lost, and every now and then without that, it connects anew and goes on behind the last number that it has. It
/// leaves nothing out and sorts nothing: what comes is kept as it came.
/// </summary>
/// <param name="user">Whose agent.</param>
/// <param name="name">Its name, with its transport.</param>
/// <param name="random">Decides when it connects anew of its own accord.</param>
/// <param name="history">Where lost connections are noted, each as a request of its own.</param>
internal abstract class AgentWatcher(UserId user, string name, SeededRandom random, History history)
{
    private const int LeastEvents = 5;
    private const int MostEvents = 200;

    /// <summary>A watcher that gets the same again and again is no reader of a log.</summary>
    private const int MaxEvents = 1_000_000;

    private readonly Lock _lock = new();
    private readonly List<WatchedEvent> _events = [];
    private long _last;
    private int _connection;
    private int _left;

    /// <summary>What it got until now.</summary>
    public Watched Watched
    {
        get
        {
            lock (_lock)
                return new Watched(name, $"{user}", [.. _events]);
        }
    }

    /// <summary>The greatest number that it has.</summary>
    public long Last => Interlocked.Read(ref _last);

    /// <summary>Whose agent.</summary>
    protected UserId User => user;

    /// <summary>Decides when it connects anew of its own accord.</summary>
    protected SeededRandom Random => random;

    /// <summary>Watches until it is stopped.</summary>
    /// <param name="world">The clock.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task RunAsync(CrashWorld world, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            _connection++;
            _left = random.Between(LeastEvents, MostEvents);
            var number = history.Begin(name, $"{user}", "watch", string.Create(CultureInfo.InvariantCulture, $"connection {_connection}"));
            var outcome = await ConnectAsync(Last, cancellationToken);
            history.End(number, outcome, new Dictionary<string, string> { ["last"] = Last.ToString(CultureInfo.InvariantCulture) });
            if (outcome.Kind != OutcomeKind.Acknowledged)
                await Task.Delay(TimeSpan.FromMilliseconds(random.Between(50, 500)), world.Parts.TimeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One connection, until it is lost, or <see cref="Take"/> has had enough of it.</summary>
    /// <param name="after">It goes on behind this number.</param>
    /// <param name="cancellationToken">Stops it, which is an end like any other.</param>
    /// <returns>Acknowledged: it has ended in good order, or this side has ended it.</returns>
    protected abstract Task<Outcome> ConnectAsync(long after, CancellationToken cancellationToken);

    /// <summary>Keeps an event.</summary>
    /// <returns>Whether the connection is to go on.</returns>
    protected bool Take(LogEvent one)
    {
        lock (_lock)
        {
            if (_events.Count < MaxEvents)
                _events.Add(new WatchedEvent(_connection, one));
        }

        Interlocked.Exchange(ref _last, Math.Max(Last, one.Seq));
        return --_left > 0;
    }
}

/// <summary>Watches by long polls.</summary>
internal sealed class PollWatcher(UserId user, string name, SeededRandom random, History history, CrashClient client) : AgentWatcher(user, name, random, history)
{
    private const int WaitSeconds = 5;

    /// <inheritdoc/>
    protected override async Task<Outcome> ConnectAsync(long after, CancellationToken cancellationToken)
    {
        GatewayAnswer answer;
        try
        {
            answer = await client.AnswerAsync(EventReading.PollOf(User, after, WaitSeconds), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return Outcome.Acknowledged;
        }

        if (answer.IsSuccess)
        {
            // All of an answer is taken: what is left out of it would be asked for again.
            foreach (var one in EventReading.EventsOf(answer))
                Take(one);
        }

        return CrashClient.OutcomeOf(answer);
    }
}
