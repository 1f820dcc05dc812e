using System.Collections.Concurrent;
using AgentMesh.ActorHost.Sweeping;
using AgentMesh.Agents.Freezing;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>What this process has of its tenants' limits: taken when it is needed, renewed while it is used, given back when it is not, and when the process ends.</summary>
internal sealed partial class TenantLeases(TenantActors actors, TenantWatch watch, TimeProvider time, ILogger<TenantLeases> logger)
    : BackgroundService, IHostedLifecycleService
{
    /// <summary>Leases that are looked after at a time.</summary>
    private const int Concurrency = 8;

    /// <summary>Between two looks at all of them.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>For giving everything back at the end; what is not given back then counts as spent.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(TenantId Tenant, string Asset), LeaseAccount> _accounts = new();
    private volatile bool _isEnding;

    /// <summary>Sets aside so much of what the tenant may spend.</summary>
    public async Task<Result<TenantReservation>> ReserveAsync(TenantId tenant, string asset, UInt128 amount, CancellationToken cancellationToken)
    {
        if (await watch.KnowAsync(tenant, cancellationToken) is { } refusal)
            return refusal;
        if (_isEnding)
            return FreezeRefusals.TenantUnknown;
        if (amount == 0 || !watch.IsLimited(tenant, asset))
            return TenantReservation.None;
        var account = _accounts.GetOrAdd((tenant, asset), key => new LeaseAccount(key.Tenant, key.Asset, actors, watch, time));
        return await account.ReserveAsync(amount, cancellationToken);
    }

    /// <inheritdoc cref="LeaseAccount.Ask"/>
    public (UInt128 Missing, TakeLease? Request) Ask(TenantId tenant, string asset, UInt128 amount) =>
        _accounts.TryGetValue((tenant, asset), out var account) ? account.Ask(amount) : (amount, null);

    // Before any part of the app stops: a tenant that lives in this process still answers.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _isEnding = true;
        using var clock = new CancellationTokenSource(EndTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        await EachAsync((account, token) => account.EndAsync(token), either.Token);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
        foreach (var account in _accounts.Values)
            account.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!_isEnding)
        {
            await Task.Delay(Interval, time, stoppingToken);
            await EachAsync((account, token) => account.KeepAsync(token), stoppingToken);
            // One that is used again at this moment goes on without being looked after; the tenant counts what it has when its time is over.
            foreach (var (key, _) in _accounts.Where(account => account.Value.IsUnused))
                _accounts.TryRemove(key, out _);
        }
    }

    private async Task EachAsync(Func<LeaseAccount, CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await Parallel.ForEachAsync(
                _accounts.Values,
                new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
                async (account, token) =>
                {
                    try
                    {
                        await act(account, token);
                    }
                    catch (Exception exception) when (SweepActors.IsFault(exception, token))
                    {
                        LogNotKept(exception);
                    }
                });
        }
        catch (OperationCanceledException)
        {
            // The end of the process, or of the time for it.
        }
    }

    [LoggerMessage(82, LogLevel.Warning, "A lease of a tenant's limit was not renewed or given back; it is tried again, and counts as spent when its time is over")]
    private partial void LogNotKept(Exception exception);
}
