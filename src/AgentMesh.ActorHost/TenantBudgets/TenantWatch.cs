using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using AgentMesh.ActorHost.Budgets;
using AgentMesh.ActorHost.Sweeping;
using AgentMesh.Agents.Freezing;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>
/// Knows of the tenants that spend here whether they may: each is asked again and again while any of its agents has wanted to spend in the last minutes,
/// so that a freeze holds within a second, and what was not heard of for three seconds spends nothing.
/// </summary>
internal sealed partial class TenantWatch(TenantActors actors, TenantBudgetOptions options, LedgerClock clock, TimeProvider time, ILogger<TenantWatch> logger)
    : BackgroundService
{
    /// <summary>Tenants that are asked about at a time.</summary>
    private const int MaxTenants = 1000;

    /// <summary>A tenant nobody wants to know about for that long is not asked about.</summary>
    private static readonly TimeSpan UnusedFor = TimeSpan.FromMinutes(3);

    /// <summary>A question without an answer for that long is asked anew.</summary>
    private static readonly TimeSpan QuestionTimeout = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<TenantId, TenantView> _views = new();
    private readonly Channel<TenantView> _new = Channel.CreateUnbounded<TenantView>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Tenants that are asked about.</summary>
    internal int Watched => _views.Count;

    /// <summary>Why an agent spends nothing; null: it may. From memory: the first question about a tenant is answered with <c>tenant_unknown</c>, and begins to ask.</summary>
    public Refusal? Check(TenantId tenant, string? user) => Find(tenant) is { } view ? view.Check(user) : FreezeRefusals.TenantUnknown;

    /// <summary>As <see cref="Check"/>, and waits for the first answer.</summary>
    public async Task<Refusal?> KnowAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (Find(tenant) is not { } view)
            return FreezeRefusals.TenantUnknown;
        // Before the look: an answer in between ends it too.
        var answer = view.NextAnswer;
        if (view.Check(null) is not { Code: SpendingRefusals.TenantUnknown })
            return view.Check(null);
        using var clock = new CancellationTokenSource(options.UnknownAfter, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        await answer.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return view.Check(null);
    }

    /// <summary>True when the tenant has a limit of that asset, as far as is known.</summary>
    public bool IsLimited(TenantId tenant, string asset) => Find(tenant)?.IsLimited(asset) ?? true;

    /// <summary>The version of what is known; 0: nothing is.</summary>
    public long VersionOf(TenantId tenant) => _views.GetValueOrDefault(tenant)?.Version ?? 0;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new HashSet<Task>();
        try
        {
            await foreach (var view in _new.Reader.ReadAllAsync(stoppingToken))
            {
                running.RemoveWhere(task => task.IsCompleted);
                running.Add(WatchAsync(view, stoppingToken));
            }
        }
        finally
        {
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private TenantView? Find(TenantId tenant)
    {
        if (!_views.TryGetValue(tenant, out var view))
        {
            if (_views.Count >= MaxTenants)
                return null;
            var made = new TenantView(tenant, time, options);
            view = _views.GetOrAdd(tenant, made);
            if (ReferenceEquals(view, made))
                _new.Writer.TryWrite(view);
        }

        view.Touch();
        return view;
    }

    private async Task WatchAsync(TenantView view, CancellationToken stoppingToken)
    {
        while (view.Unused < UnusedFor)
        {
            var askedAt = time.GetTimestamp();
            await AskAsync(view, askedAt, stoppingToken);
            if (options.PollInterval - time.GetElapsedTime(askedAt) is var rest && rest > TimeSpan.Zero)
                await Task.Delay(rest, time, stoppingToken);
        }

        _views.TryRemove(view.Tenant, out _);
        // Behind the removal: who has found it just before must not go on with what nobody asks for.
        view.Close();
    }

    private async Task AskAsync(TenantView view, long askedAt, CancellationToken cancellationToken)
    {
        try
        {
            var state = await actors.GetStateAsync(view.Tenant, view.Version, QuestionTimeout, cancellationToken);
            if (state.IsRefused)
                throw new JsonException($"A tenant refused: {state.Refusal.Code}");
            if (!view.Hear(state.Value, askedAt, time.GetElapsedTime(askedAt), clock.GetUtcNow()) && view.IsTimeToLog())
                LogClockOff(view.Tenant.ToString(), (long)(state.Value.Now - clock.GetUtcNow()).TotalSeconds);
        }
        catch (Exception exception) when (SweepActors.IsFault(exception, cancellationToken))
        {
            if (view.IsTimeToLog())
                LogNotHeard(exception, view.Tenant.ToString());
        }
    }

    [LoggerMessage(80, LogLevel.Error, "The clock of tenant {TenantId} is {Seconds} s ahead of this process'; nothing is spent until they agree")]
    private partial void LogClockOff(string tenantId, long seconds);

    [LoggerMessage(81, LogLevel.Warning, "Whether tenant {TenantId} may spend was not heard; it is asked again, and nothing is spent after some seconds without an answer")]
    private partial void LogNotHeard(Exception exception, string tenantId);
}
