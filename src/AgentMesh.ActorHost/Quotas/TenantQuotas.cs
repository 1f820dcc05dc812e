using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using AgentMesh.ActorHost.Agents;
using AgentMesh.ActorHost.Sweeping;
using AgentMesh.Agents.Quotas;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;
using Dapr.Actors.Client;

namespace AgentMesh.ActorHost.Quotas;

/// <summary>
/// Keeps tenants to what they may have. Agents ask from memory, and have their lines in the tenant's list written after the commit, never in its way;
/// each answer of the list says how much there is. So one process is exact about the agents that begin in it; of what others have begun it may know as
/// late as <see cref="QuotaOptions.RefreshSeconds"/>. Nothing is refused of a tenant that is not known yet: the first question begins to ask.
/// </summary>
internal sealed partial class TenantQuotas(IActorProxyFactory proxies, QuotaOptions options, TimeProvider time, ILogger<TenantQuotas> logger) : BackgroundService
{
    /// <summary>Tenants that are known at a time; of others nothing is refused.</summary>
    private const int MaxTenants = 10_000;

    /// <summary>Lines of a tenant that wait at most. What is beyond it is written by the agent's flush.</summary>
    private const int MaxWaiting = 10_000;

    /// <summary>Tenants that are told at a time.</summary>
    private const int Concurrency = 4;

    /// <summary>A tenant of which nothing was heard is left alone for that long.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>A tenant that nobody asks about for that long is forgotten.</summary>
    private static readonly TimeSpan UnusedFor = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<TenantId, TenantSize> _sizes = new();
    private readonly Channel<TenantSize> _queue = Channel.CreateUnbounded<TenantSize>();
    private readonly TenantQuota _quota = options.Quota;
    private readonly TimeSpan _refresh = TimeSpan.FromSeconds(options.RefreshSeconds);

    /// <summary>False: nobody is to ask or tell anything.</summary>
    public bool IsEnabled => options.Enabled;

    /// <summary>Why an agent may not begin; null: it may, and counts from now on.</summary>
    public Refusal? Begin(AgentKey agent) => Find(agent.Tenant)?.Begin(agent.User, _quota.CheckAgents);

    /// <summary>It has not begun after all.</summary>
    public void Cancel(AgentKey agent) => _sizes.GetValueOrDefault(agent.Tenant)?.Cancel(agent.User);

    /// <summary>Why the tenant's agents take no message; null: they do.</summary>
    public Refusal? CheckStorage(TenantId tenant) => Find(tenant) is { } size ? _quota.CheckStorage(size.Bytes) : null;

    /// <summary>Has an agent's line written, soon.</summary>
    public AgentLine Write(AgentKey agent, long bytes)
    {
        var line = new AgentLine(agent.User, bytes);
        Write(agent.Tenant, line);
        return line;
    }

    /// <summary>Has a line written that may have been left over.</summary>
    public void Write(TenantId tenant, AgentLine line)
    {
        if (line.IsDone || SizeOf(tenant) is not { } size)
            return;
        if (!size.TryAdd(line, MaxWaiting))
            LogFull(tenant.ToString());
        Queue(size);
    }

    /// <summary>The agent is erased.</summary>
    public void Erase(AgentKey agent) => _sizes.GetValueOrDefault(agent.Tenant)?.Erase(agent.User);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        _queue.Reader.ReadAllAsync(stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = stoppingToken },
        async (size, token) => await TellAsync(size, token));

    private TenantSize? Find(TenantId tenant)
    {
        var size = SizeOf(tenant);
        if (size is not null)
            Queue(size);
        return size;
    }

    private TenantSize? SizeOf(TenantId tenant)
    {
        if (!_sizes.TryGetValue(tenant, out var size))
        {
            if (_sizes.Count >= MaxTenants && !MakeRoom())
                return null;
            size = _sizes.GetOrAdd(tenant, static (id, clock) => new TenantSize(id, clock), time);
        }

        size.Touch();
        return size;
    }

    private bool MakeRoom()
    {
        foreach (var (tenant, size) in _sizes.Where(one => one.Value.Unused > UnusedFor && one.Value.IsIdle))
            _sizes.TryRemove(KeyValuePair.Create(tenant, size));
        return _sizes.Count < MaxTenants;
    }

    private void Queue(TenantSize size)
    {
        if (size.TryQueue(_refresh, Pause))
            _queue.Writer.TryWrite(size);
    }

    private async Task TellAsync(TenantSize size, CancellationToken cancellationToken)
    {
        var tenant = size.Tenant.ToString();
        try
        {
            var request = new NoteAgents([.. size.Take(AgentListLimits.Batch).Select(line => new ListedAgent(line.User.ToString(), line.Bytes))]);
            var noted = await CallAsync<NoteAgents, AgentsNoted>(tenant, nameof(ITenantAgents.NoteAgents), request, cancellationToken);
            if (noted.NoRoom > 0)
                LogNoRoom(tenant, noted.NoRoom);
            if (size.Hear(noted.Agents, noted.Bytes, AgentListLimits.Batch) is { Count: > 0 } erased)
            {
                await CallAsync<ForgetDue, DueForgotten>(tenant, nameof(ITenantActor.ForgetDue), new ForgetDue([.. erased.Select(user => user.ToString())]), cancellationToken);
                size.Forgotten(erased);
            }

            Queue(size);
        }
        catch (Exception fault) when (SweepActors.IsFault(fault, cancellationToken))
        {
            size.Fail();
            LogNotWritten(fault, tenant);
        }
    }

    private async Task<TAnswer> CallAsync<TRequest, TAnswer>(string tenant, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class
    {
        var answer = await proxies.AskOnceAsync<TRequest, TAnswer>(time, TenantActorType.Name, tenant, method, request, cancellationToken);
        return answer.Value ?? throw new JsonException($"A tenant refused: {answer.Refusal!.Code}");
    }

    [LoggerMessage(110, LogLevel.Warning, "Too many agents of tenant {TenantId} wait for their lines in its list; their flushes write them")]
    private partial void LogFull(string tenantId);

    [LoggerMessage(111, LogLevel.Error, "The list of agents of tenant {TenantId} has no room for {Count} of them; they are not counted")]
    private partial void LogNoRoom(string tenantId, int count);

    [LoggerMessage(112, LogLevel.Warning, "The list of agents of tenant {TenantId} was not written; tried again")]
    private partial void LogNotWritten(Exception exception, string tenantId);
}
