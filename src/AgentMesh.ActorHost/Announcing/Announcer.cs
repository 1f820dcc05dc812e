using System.Threading.Channels;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.ActorHost.Announcing;

/// <summary>
/// Tells every gateway how far logs have come and what models write, after it is so. What comes while an announcement is under way goes into the
/// next one together, so the cost of a busy process is that of its announcements, not of its messages. They are hints: one that is not taken is
/// forgotten, and a watcher that misses it finds the truth in the log.
/// </summary>
internal sealed partial class Announcer : BackgroundService
{
    /// <summary>Entries of one announcement, and how many wait at most; a process that cannot announce must not fill up with them.</summary>
    private const int MaxEntries = 10_000;

    private readonly HttpClient _http;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger<Announcer> _logger;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private Dictionary<string, long> _seqs = new(StringComparer.Ordinal);
    private HashSet<string> _erased = new(StringComparer.Ordinal);
    private List<TurnDelta> _deltas = [];

    public Announcer(SidecarOptions sidecar, AnnouncerOptions options, TimeProvider time, ILogger<Announcer> logger)
    {
        // The HTTP API and not DaprClient: one small JSON body to the address that actor calls use already.
        _http = sidecar.CreateClient(TimeSpan.FromSeconds(5));
        _interval = TimeSpan.FromMilliseconds(options.IntervalMs);
        _time = time;
        _logger = logger;
    }

    /// <summary>An agent's log has come that far; 0: it has been erased.</summary>
    public void Announce(string agent, long seq)
    {
        lock (_lock)
        {
            // Kept apart: what comes after it must not take its place, or watchers never learn that numbers begin anew.
            if (seq == 0 && _erased.Count < MaxEntries)
            {
                _erased.Add(agent);
                _seqs.Remove(agent);
            }
            else if (_seqs.Count < MaxEntries || _seqs.ContainsKey(agent))
                _seqs[agent] = seq;
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>A model has written a piece.</summary>
    public void Announce(TurnDelta delta)
    {
        lock (_lock)
        {
            // Pieces of one run follow each other: together they are one.
            var last = _deltas.FindLastIndex(earlier => earlier.Turn == delta.Turn && earlier.Agent == delta.Agent);
            if (last >= 0 && _deltas[last] is var known && known.Attempt == delta.Attempt && known.At + known.Text.Length == delta.At)
                _deltas[last] = known with { Text = known.Text + delta.Text };
            else if (_deltas.Count < MaxEntries)
                _deltas.Add(delta);
        }

        _signal.Writer.TryWrite(true);
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _signal.Reader.ReadAsync(stoppingToken);
                var started = _time.GetTimestamp();
                await PublishAsync(Take(), stoppingToken);
                if (_interval - _time.GetElapsedTime(started) is { Ticks: > 0 } rest)
                    await Task.Delay(rest, _time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last turns' announcements; their watchers hear of the end rather than find it.
            await PublishAsync(Take(), CancellationToken.None);
        }
    }

    private Announcement Take()
    {
        lock (_lock)
        {
            AgentSeq[] seqs = [.. _erased.Select(agent => new AgentSeq(agent, 0)), .. _seqs.Select(agent => new AgentSeq(agent.Key, agent.Value))];
            var taken = new Announcement(seqs.Length == 0 ? null : seqs, _deltas.Count == 0 ? null : _deltas);
            _erased = new HashSet<string>(StringComparer.Ordinal);
            _seqs = new Dictionary<string, long>(StringComparer.Ordinal);
            _deltas = [];
            return taken;
        }
    }

    private async Task PublishAsync(Announcement announcement, CancellationToken cancellationToken)
    {
        if (announcement is { Seqs: null, Deltas: null })
            return;
        try
        {
            using var body = JsonContent.Create(announcement, ContractsJson.Default.Announcement);
            // With its length: daprd reads chunked bodies, but does not retry them.
            await body.LoadIntoBufferAsync(cancellationToken);
            using var answer = await _http.PostAsync(
                new Uri($"v1.0/publish/{Announcement.Component}/{Announcement.Topic}", UriKind.Relative), body, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                LogRefused((int)answer.StatusCode);
        }
        catch (Exception exception) when (exception is HttpRequestException || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogUnreached(exception.GetType().Name);
        }
    }

    [LoggerMessage(10, LogLevel.Warning, "Announcements are not taken: publishing to fanout was answered {StatusCode}; other gateways see new events late")]
    private partial void LogRefused(int statusCode);

    [LoggerMessage(11, LogLevel.Warning, "Announcements are not taken: the sidecar was not reached ({ExceptionType}); other gateways see new events late")]
    private partial void LogUnreached(string exceptionType);
}
