using AgentMesh.Agents.Usage;

namespace AgentMesh.ActorHost.Agents;

/// <summary>
/// Soft state: when the agent was last looked at, and how often. A read only changes memory, and the first one registers the reminder that
/// writes it; a tick or the deactivation writes it and takes the reminder away, so that an agent nobody looks at owns none. Lost when the
/// process dies. The same tick has summaries written that are due, and looks after the wallet and
/// the tenant's list of agents.
/// </summary>
internal sealed partial class AgentActor
{
    /// <summary>Ticks until soft state is written.</summary>
    private const string FlushReminder = "flush";

    /// <summary>How soon an agent that has left memory with its line in the tenant's list not confirmed comes back for it.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    /// <summary>Reads that are not written yet; null: none.</summary>
    private UsageRecord? _unwritten;

    private bool _hasFlushReminder;

    /// <summary>When the reminder could not be registered; null: it could.</summary>
    private long? _flushReminderFailed;

    /// <inheritdoc/>
    protected override async Task OnDeactivateAsync()
    {
        _services.Metrics.Actors.Deactivated();
        if (_unwritten is null && _summariesDue.Count == 0 && !_hasFlushReminder && !_services.Wallets.MayBeOutdated && !HasUnstoredEvents
            && _line is null && !OwesLine)
        {
            return;
        }

        try
        {
            await FlushAsync();
            // Its line is under way, and nobody else tells the head of it: another look soon, and not in minutes.
            if (OwesLine && LookAgain < _services.Flush.Interval)
                await RegisterReminderAsync(FlushReminder, null, LookAgain, _services.Flush.Interval);
        }
        catch (Exception exception) when (AgentRetries.IsFault(exception))
        {
            // Nothing that anybody was promised; the reminder, if it is still there, comes once more and goes.
            LogNotFlushed(Logger, exception, Id.GetId());
        }
    }

    /// <summary>Somebody has read from an agent that is there.</summary>
    private async Task SeenAsync()
    {
        if (_services.Flush.IntervalSeconds == 0)
            return;
        _unwritten = UsageRecord.Seen(_unwritten, _time.GetUtcNow());
        await FlushSoonAsync();
    }

    /// <summary>There is soft state: the reminder will come.</summary>
    private async Task FlushSoonAsync()
    {
        var interval = _services.Flush.Interval;
        if (_hasFlushReminder || _flushReminderFailed is { } failed && _time.GetElapsedTime(failed) < interval)
            return;
        try
        {
            await RegisterReminderAsync(FlushReminder, null, interval, interval);
            (_hasFlushReminder, _flushReminderFailed) = (true, null);
        }
        catch (Exception exception) when (AgentRetries.IsFault(exception))
        {
            // Nobody's call fails for it: what is unwritten is written when the agent leaves memory.
            LogNoReminder(Logger, exception, Id.GetId());
            _flushReminderFailed = _time.GetTimestamp();
        }
    }

    /// <summary>Stored reads, and those that are not.</summary>
    private async Task<UsageRecord?> LoadUsageAsync(CancellationToken cancellationToken) =>
        UsageRecord.Together(await _records.LoadUsageAsync(cancellationToken), _unwritten);

    /// <summary>Writes what is unwritten. The reminder goes last: until then a tick does what is left.</summary>
    private async Task FlushAsync()
    {
        if (_unwritten is not null)
        {
            await WorkAsync(async () =>
            {
                // It may have been erased meanwhile, and then nothing of it may come back.
                if (await _records.LoadHeadAsync(null, CancellationToken.None) is { IsErasing: false })
                    await _records.StoreAsync((await LoadUsageAsync(CancellationToken.None))!, CancellationToken.None);
                return null;
            });
        }

        _unwritten = null;
        StartSummaries();
        if (MayWalletHaveWork)
            await KeepWalletAsync();
        var hasLine = await KeepLineAsync();
        if (await StorePublishedAsync() && !_hasErrand && hasLine)
            await UnregisterReminderAsync(FlushReminder, () => _hasFlushReminder = false);
    }

    [LoggerMessage(4, LogLevel.Warning, "Agent {AgentId} could not write when it was last seen")]
    private static partial void LogNotFlushed(ILogger logger, Exception exception, string agentId);

    [LoggerMessage(5, LogLevel.Warning, "Agent {AgentId} could not register its flush reminder")]
    private static partial void LogNoReminder(ILogger logger, Exception exception, string agentId);
}
