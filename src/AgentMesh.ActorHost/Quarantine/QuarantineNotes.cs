using System.Collections.Concurrent;
using System.Threading.Channels;
using AgentMesh.ActorHost.Agents;
using AgentMesh.ActorHost.Sweeping;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;
using Dapr.Actors.Client;

namespace AgentMesh.ActorHost.Quarantine;

/// <summary>
/// Has agents that are found damaged put on their tenant's list, after the call that found it and never in its way. The log has them as well: what is lost
/// here with the process is noted when the agent is called again.
/// </summary>
internal sealed partial class QuarantineNotes(IActorProxyFactory proxies, TimeProvider time, ILogger<QuarantineNotes> logger) : BackgroundService
{
    /// <summary>An agent that is called all the time is noted so often: it may have been released meanwhile.</summary>
    public static readonly TimeSpan NotedEvery = TimeSpan.FromMinutes(1);

    private const int MaxWaiting = 1024;
    private const int MaxRemembered = 10_000;

    private readonly Channel<(AgentKey Agent, string Reason)> _queue = Channel.CreateBounded<(AgentKey Agent, string Reason)>(MaxWaiting);
    private readonly ConcurrentDictionary<AgentKey, (string Reason, long At)> _noted = new();

    /// <summary>An agent was found damaged.</summary>
    public void Note(AgentKey agent, string reason)
    {
        if (_noted.TryGetValue(agent, out var known) && known.Reason == reason && time.GetElapsedTime(known.At) < NotedEvery)
            return;
        if (_noted.Count >= MaxRemembered)
            _noted.Clear();
        if (_queue.Writer.TryWrite((agent, reason)))
            _noted[agent] = (reason, time.GetTimestamp());
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (agent, reason) in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                var noted = await proxies.AskOnceAsync<NoteQuarantine, QuarantineNoted>(
                    time, TenantActorType.Name, agent.Tenant.ToString(), nameof(ITenantQuarantine.NoteQuarantine), new NoteQuarantine(agent.User.ToString(), reason), stoppingToken);
                if (noted.Value is { IsListed: false })
                    LogNoRoom(agent.Tenant.ToString());
            }
            catch (Exception fault) when (SweepActors.IsFault(fault, stoppingToken))
            {
                _noted.TryRemove(agent, out _);
                LogNotNoted(fault, agent.ToString());
            }
        }
    }

    [LoggerMessage(120, LogLevel.Error, "The list of damaged agents of tenant {TenantId} is full; others are only in the log")]
    private partial void LogNoRoom(string tenantId);

    [LoggerMessage(121, LogLevel.Warning, "Damaged agent {AgentId} was not noted in its tenant's list; it is when it is called again")]
    private partial void LogNotNoted(Exception exception, string agentId);
}
