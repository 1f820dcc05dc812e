using System.Collections.Concurrent;
using System.Security.Cryptography;
using AgentMesh.Agents.DueWork;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Sweeping;

/// <summary>
/// Goes through the tenants' indexes of due work and wakes the agents that nothing else has woken: their reminders are lost. In every agents
/// process; a tenant hands each agent to one of them at a time. While nothing is due it reads one record and wakes nobody.
/// </summary>
internal sealed partial class Sweeper(SweepActors actors, TenantRegistry registry, SweepOptions options, TimeProvider time, ILogger<Sweeper> logger)
    : BackgroundService
{
    /// <summary>An agent that does not answer is put off by so many sweeps, so that those behind it get their turn.</summary>
    private const int SweepsAfterFault = 5;

    /// <summary>The registry may know less than the indexes, when a process died at the wrong moment: the first sweep asks every tenant.</summary>
    private bool _hasAskedAll;

    /// <summary>One sweep. Safe at any time.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        var registered = await registry.ReadAsync(cancellationToken);
        var tenants = registered.Due(_hasAskedAll ? time.GetUtcNow() - options.Grace : DateTimeOffset.MaxValue).Take(options.MaxAgents).ToList();
        var swept = 0;
        // One tenant with very much to do does not keep the others waiting.
        foreach (var tenant in tenants)
            swept += await SweepTenantAsync(tenant.Tenant, options.MaxAgents / tenants.Count, cancellationToken);
        _hasAskedAll = true;
        if (swept > 0)
            LogSwept(swept);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.Rules is not null)
        {
            // Processes that were started together do not sweep together.
            var percent = 90 + RandomNumberGenerator.GetInt32(21);
            await Task.Delay(options.Interval * percent / 100, time, stoppingToken);
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (SweepActors.IsFault(exception, stoppingToken))
            {
                LogNotSwept(exception);
            }
        }
    }

    /// <returns>How many agents were looked after.</returns>
    private async Task<int> SweepTenantAsync(string tenant, int most, CancellationToken cancellationToken)
    {
        var dueBefore = time.GetUtcNow() - options.Grace;
        var swept = 0;
        var first = (DateTimeOffset?)null;
        for (var isThereMore = true; isThereMore && swept < most;)
        {
            var due = await actors.TakeAsync(tenant, new TakeDue(dueBefore, Math.Min(most - swept, DueLimits.TakenAtOnce)), cancellationToken);
            first = due.First;
            isThereMore = due.Agents.Count > 0;
            foreach (var batch in (await LookAfterAsync(tenant, due.Agents, cancellationToken)).Chunk(DueLimits.Batch))
                first = (await actors.SettleAsync(tenant, new SettleDue(batch), cancellationToken)).First;
            swept += due.Agents.Count;
        }

        await KeepAsync(tenant, first, cancellationToken);
        return swept;
    }

    private async Task<IReadOnlyCollection<SettledAgent>> LookAfterAsync(string tenant, IReadOnlyList<DueAgent> due, CancellationToken cancellationToken)
    {
        var settled = new ConcurrentBag<SettledAgent>();
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken },
            async (agent, token) => settled.Add(new SettledAgent(agent.User, agent.At, await LookAfterAsync(tenant, agent.User, token))));
        return settled;
    }

    /// <returns>When to look after the agent again; null: not again.</returns>
    private async Task<DateTimeOffset?> LookAfterAsync(string tenant, string user, CancellationToken cancellationToken)
    {
        // What is no name of ours cannot be an agent's.
        if (!TenantId.TryParse(tenant, out var tenantId) || !UserId.TryParse(user, out var userId))
            return null;
        var agent = new AgentKey(tenantId, userId);
        try
        {
            var outlook = await actors.LookAfterAsync(agent, cancellationToken);
            if (outlook.Refusal?.Code == AgentRefusals.EncryptionKeyMissing)
                return time.GetUtcNow() + SweepsAfterFault * options.Interval;
            if (outlook.IsRefused)
                LogRefused(agent.ToString(), outlook.Refusal.Code);
            return outlook.Value?.Next;
        }
        catch (Exception exception) when (SweepActors.IsFault(exception, cancellationToken))
        {
            LogUnreached(exception, agent.ToString());
            return time.GetUtcNow() + SweepsAfterFault * options.Interval;
        }
    }

    /// <summary>Writes when the tenant is to be looked at next.</summary>
    private async Task KeepAsync(string tenant, DateTimeOffset? first, CancellationToken cancellationToken)
    {
        var isWritten = false;
        await registry.ChangeAsync(
            tenants =>
            {
                isWritten = tenants.Of(tenant) != first;
                return isWritten ? tenants.At(tenant, first) : tenants;
            },
            cancellationToken);
        // A note that came between the tenant's last answer and this write found an earlier time here and left it: so it is asked for once more.
        if (isWritten && (await actors.TakeAsync(tenant, new TakeDue(DateTimeOffset.MinValue, 0), cancellationToken)).First is { } earliest)
            await registry.ChangeAsync(tenants => tenants.NoLaterThan(tenant, earliest), cancellationToken);
    }

    [LoggerMessage(40, LogLevel.Information, "Swept: {Count} agents with due work were looked after")]
    private partial void LogSwept(int count);

    [LoggerMessage(41, LogLevel.Warning, "The sweep of due work ended early; the next goes on")]
    private partial void LogNotSwept(Exception exception);

    [LoggerMessage(42, LogLevel.Warning, "Agent {AgentId} is not swept any more: {Code}")]
    private partial void LogRefused(string agentId, string code);

    [LoggerMessage(43, LogLevel.Warning, "Agent {AgentId} has due work and was not reached; a later sweep tries again")]
    private partial void LogUnreached(Exception exception, string agentId);
}
