namespace AgentMesh.ActorHost.Budgets;

/// <summary>
/// The time as budgets see it: that of the wall clock at the start of the process, and from then on the monotonic clock's. A wall clock that jumps
/// forward frees no window; one that goes back frees none either, because this time waits for it. A drift forward, up to <see cref="Followed"/> at a
/// time, is followed: clocks are corrected so. Anything more is followed by a restart.
/// </summary>
internal sealed partial class LedgerClock
{
    /// <summary>The longest step forward that is a correction.</summary>
    internal static readonly TimeSpan Followed = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private DateTimeOffset _anchor;
    private long _anchoredAt;
    private DateTimeOffset _latest;
    private bool _hasJumped;

    public LedgerClock(TimeProvider time, ILogger<LedgerClock> logger)
    {
        (_time, _logger) = (time, logger);
        (_anchor, _anchoredAt) = (time.GetUtcNow(), time.GetTimestamp());
        _latest = _anchor;
    }

    /// <summary>The time; never before one that it has said.</summary>
    public DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            var (wall, stamp) = (_time.GetUtcNow(), _time.GetTimestamp());
            var elapsed = _anchor + _time.GetElapsedTime(_anchoredAt, stamp);
            var ahead = wall - elapsed;
            if (ahead > Followed)
            {
                NoteJump(ahead);
                wall = elapsed;
            }
            else
            {
                _hasJumped = false;
                if (ahead > TimeSpan.Zero)
                    (_anchor, _anchoredAt) = (wall, stamp);
            }

            return _latest = wall > _latest ? wall : _latest;
        }
    }

    private void NoteJump(TimeSpan ahead)
    {
        if (!_hasJumped)
            LogJump((long)ahead.TotalSeconds);
        _hasJumped = true;
    }

    [LoggerMessage(60, LogLevel.Warning, "The wall clock is {Seconds} s ahead of the time that has passed since this process started; budgets go by the latter until it is restarted")]
    private partial void LogJump(long seconds);
}
