using System.Collections.Frozen;
using AgentMesh.Agents.Freezing;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>What this process knows of a tenant. Read by agents' turns from memory, written by the one who asks.</summary>
internal sealed class TenantView(TenantId tenant, TimeProvider time, TenantBudgetOptions options)
{
    /// <summary>Between two lines in the log about the tenant.</summary>
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private TaskCompletionSource _heard = NewSignal();
    private Known? _known;
    private long _usedAt = time.GetTimestamp();
    private long? _loggedAt;

    public TenantId Tenant => tenant;

    /// <summary>What to ask with; 0: nothing is known.</summary>
    public long Version => _known?.Version ?? 0;

    /// <summary>How long nobody has wanted to know it.</summary>
    public TimeSpan Unused => time.GetElapsedTime(Volatile.Read(ref _usedAt));

    /// <summary>Ends with the next answer.</summary>
    public Task NextAnswer
    {
        get
        {
            lock (_lock)
                return _heard.Task;
        }
    }

    /// <summary>Somebody wants to know it: it goes on being asked for.</summary>
    public void Touch() => Volatile.Write(ref _usedAt, time.GetTimestamp());

    /// <summary>Why nothing is spent; null: it may be.</summary>
    /// <param name="user">Whose agent is to spend; null: that is not asked.</param>
    public Refusal? Check(string? user) => Volatile.Read(ref _known) switch
    {
        null => FreezeRefusals.TenantUnknown,
        var known when time.GetElapsedTime(known.AskedAt) > options.UnknownAfter => FreezeRefusals.TenantUnknown,
        { Rules.IsFrozen: true } => FreezeRefusals.TenantFrozen,
        var known when user is not null && known.Frozen.Contains(user) => FreezeRefusals.AgentFrozen,
        { IsClockOff: true } => FreezeRefusals.ClockOff,
        _ => null,
    };

    /// <summary>True when the tenant has a limit of that asset, as far as is known.</summary>
    public bool IsLimited(string asset) => Volatile.Read(ref _known)?.Rules.LimitedAssets.Contains(asset) ?? true;

    /// <summary>An answer.</summary>
    /// <param name="state">What it says.</param>
    /// <param name="askedAt">The timestamp of before the question: what is known is as old as that.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="now">This process' time of after it.</param>
    /// <returns>False: the clocks are too far apart.</returns>
    public bool Hear(TenantState state, long askedAt, TimeSpan elapsed, DateTimeOffset now)
    {
        lock (_lock)
        {
            // A tenant that says nothing new although nothing is known is none that was asked with that version.
            if ((state.Rules ?? _known?.Rules) is not { } rules)
                return true;
            // It was answered at any time between the question and now.
            var isClockOff = state.Now < now - elapsed - options.ClockTolerance || state.Now > now + options.ClockTolerance;
            Volatile.Write(ref _known, new Known(state.Version, rules, rules.FrozenAgents.ToFrozenSet(StringComparer.Ordinal), askedAt, isClockOff));
            _heard.TrySetResult();
            _heard = NewSignal();
            return !isClockOff;
        }
    }

    /// <summary>True once a minute: what is wrong is said, and not with every question. Asked by one at a time.</summary>
    public bool IsTimeToLog()
    {
        if (_loggedAt is { } last && time.GetElapsedTime(last) < LogInterval)
            return false;
        _loggedAt = time.GetTimestamp();
        return true;
    }

    /// <summary>It is not asked for any more: nothing is known.</summary>
    public void Close() => Volatile.Write(ref _known, null);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Known(long Version, TenantRules Rules, FrozenSet<string> Frozen, long AskedAt, bool IsClockOff);
}
