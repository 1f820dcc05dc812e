using System.Threading.Channels;
using AgentMesh.Agents.DueWork;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Sweeping;

/// <summary>
/// Tells the tenants' indexes which agents have something to do, after it was committed and never in its way. What is over within the delay is
/// not told at all. A note that is lost, because the process dies or the index cannot be written, costs nothing while the agent's reminder is
/// there: it takes both losses for work to wait until somebody calls the agent.
/// </summary>
internal sealed partial class DueNotes(SweepActors actors, TenantRegistry registry, SweepOptions options, TimeProvider time, ILogger<DueNotes> logger)
    : BackgroundService
{
    /// <summary>Notes that wait at most; a process that cannot write them must not fill up with them.</summary>
    private const int MaxPending = 10_000;

    /// <summary>Times that a note is tried, one delay apart.</summary>
    private const int MaxAttempts = 12;

    /// <summary>A stopping process waits no longer than this for its last notes.</summary>
    private static readonly TimeSpan LastNotes = TimeSpan.FromSeconds(2);

    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private readonly Dictionary<AgentKey, PendingNote> _pending = [];
    private readonly HashSet<AgentKey> _underWay = [];
    private readonly HashSet<AgentKey> _erased = [];

    /// <summary>Notes that are not written yet.</summary>
    internal int Waiting
    {
        get
        {
            lock (_lock)
                return _pending.Count + _underWay.Count;
        }
    }

    /// <summary>An agent has something to do at that time.</summary>
    public void Note(string agent, DateTimeOffset at)
    {
        // An actor id that is none of ours has no tenant.
        if (!AgentKey.TryParse(agent, out var key))
            return;
        lock (_lock)
        {
            if (_pending.TryGetValue(key, out var earlier))
                _pending[key] = earlier with { At = at };
            else if (_pending.Count < MaxPending)
                _pending.Add(key, new PendingNote(at, time.GetUtcNow(), 0));
            else
                LogFull(agent);
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>The agent has nothing to do any more.</summary>
    /// <returns>True: its last note was not written and will not be.</returns>
    public bool Withdraw(string agent)
    {
        lock (_lock)
            return AgentKey.TryParse(agent, out var key) && _pending.Remove(key);
    }

    /// <summary>The agent is erased: no note of it may be written after the one who erases it has removed what there was.</summary>
    public void Erase(string agent)
    {
        if (!AgentKey.TryParse(agent, out var key))
            return;
        lock (_lock)
        {
            _pending.Remove(key);
            if (_underWay.Contains(key))
                _erased.Add(key);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var delay = TimeSpan.FromSeconds(options.NoteDelaySeconds);
        try
        {
            while (true)
            {
                await _signal.Reader.ReadAsync(stoppingToken);
                do
                {
                    await Task.Delay(delay, time, stoppingToken);
                }
                while (await WriteAsync(time.GetUtcNow() - delay, stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(LastNotes, time);
            await WriteAsync(DateTimeOffset.MaxValue, limit.Token);
        }
    }

    /// <summary>Writes the notes that have waited since that time or longer.</summary>
    /// <returns>True while others wait.</returns>
    private async Task<bool> WriteAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        foreach (var tenant in Take(since).GroupBy(note => note.Agent.Tenant))
        {
            foreach (var batch in tenant.Chunk(DueLimits.Batch))
                await WriteAsync(tenant.Key.ToString(), batch, cancellationToken);
        }

        lock (_lock)
            return _pending.Count > 0;
    }

    private async Task WriteAsync(string tenant, (AgentKey Agent, PendingNote Note)[] notes, CancellationToken cancellationToken)
    {
        try
        {
            var request = new NoteDue([.. notes.Select(note => new DueAgent(note.Agent.User.ToString(), note.Note.At))]);
            var outlook = await actors.NoteAsync(tenant, request, cancellationToken);
            if (outlook.NoRoom > 0)
                LogIndexFull(tenant, outlook.NoRoom);
            // After the index: who sweeps in between finds what is there. Before it, that one could find nothing and forget the tenant.
            if (outlook.First is { } first && (await registry.ChangeAsync(tenants => tenants.NoLaterThan(tenant, first), cancellationToken)).Of(tenant) is null)
                LogTooManyTenants(tenant, DueLimits.Tenants);
            if (EndOf(notes) is { Length: > 0 } erased)
                await actors.ForgetAsync(tenant, new ForgetDue(erased), cancellationToken);
        }
        catch (Exception exception) when (SweepActors.IsFault(exception, CancellationToken.None))
        {
            PutBack(notes);
            LogNotWritten(exception, notes.Length, tenant);
        }
    }

    private List<(AgentKey Agent, PendingNote Note)> Take(DateTimeOffset since)
    {
        lock (_lock)
        {
            var taken = _pending.Where(note => note.Value.Since <= since).Select(note => (note.Key, note.Value)).ToList();
            foreach (var (agent, _) in taken)
            {
                _pending.Remove(agent);
                _underWay.Add(agent);
            }

            return taken;
        }
    }

    /// <summary>Those notes are written.</summary>
    /// <returns>Whose agents were erased meanwhile.</returns>
    private string[] EndOf((AgentKey Agent, PendingNote Note)[] notes)
    {
        lock (_lock)
        {
            foreach (var (agent, _) in notes)
                _underWay.Remove(agent);
            return [.. notes.Where(note => _erased.Remove(note.Agent)).Select(note => note.Agent.User.ToString())];
        }
    }

    private void PutBack((AgentKey Agent, PendingNote Note)[] notes)
    {
        lock (_lock)
        {
            foreach (var (agent, note) in notes)
            {
                _underWay.Remove(agent);
                if (_erased.Remove(agent))
                    continue;
                if (note.Attempts + 1 < MaxAttempts)
                    _pending.TryAdd(agent, note with { Attempts = note.Attempts + 1 });
                else
                    LogGivenUp(agent.ToString(), MaxAttempts);
            }
        }
    }

    [LoggerMessage(30, LogLevel.Warning, "No room to note that agent {AgentId} has something to do; its reminder is all it has")]
    private partial void LogFull(string agentId);

    [LoggerMessage(31, LogLevel.Warning, "{Count} agents of tenant {TenantId} have something to do and could not be noted; tried again")]
    private partial void LogNotWritten(Exception exception, int count, string tenantId);

    [LoggerMessage(32, LogLevel.Error, "That agent {AgentId} has something to do could not be noted {Attempts} times; its reminder is all it has")]
    private partial void LogGivenUp(string agentId, int attempts);

    [LoggerMessage(33, LogLevel.Error, "The index of due work of tenant {TenantId} is full: {Count} agents have their reminders only")]
    private partial void LogIndexFull(string tenantId, int count);

    [LoggerMessage(34, LogLevel.Error, "Tenant {TenantId} is not swept: {Limit} others have due work; its agents have their reminders only")]
    private partial void LogTooManyTenants(string tenantId, int limit);

    /// <param name="At">When the agent has something to do.</param>
    /// <param name="Since">Since when it waits to be written.</param>
    /// <param name="Attempts">How often that failed.</param>
    private sealed record PendingNote(DateTimeOffset At, DateTimeOffset Since, int Attempts);
}
