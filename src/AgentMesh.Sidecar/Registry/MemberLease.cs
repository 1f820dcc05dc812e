using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Registry;

/// <summary>
/// One membership of a process among several sidecars: what it hosts is its own as long as Redis was asked in time. Its own clock says
/// so, which ends half a second before Redis lets others take over.
/// </summary>
internal sealed class MemberLease : IDisposable
{
    /// <summary>In Redis. A sidecar that dies holds its actors back for this long: the turns under way in its app end meanwhile.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    /// <summary>By the member's own clock, from before it asked.</summary>
    public static readonly TimeSpan Use = TimeSpan.FromSeconds(2.5);

    private readonly TimeProvider _timeProvider;
    private readonly CancellationTokenSource _lost = new();
    private readonly ITimer _timer;
    private long _askedAt;

    /// <param name="fence">The membership; a process that returns gets another one.</param>
    /// <param name="askedAt">A <see cref="TimeProvider"/> timestamp from before Redis was asked.</param>
    /// <param name="timeProvider">The clock.</param>
    public MemberLease(StateFence fence, long askedAt, TimeProvider timeProvider)
    {
        (Fence, _timeProvider, _askedAt) = (fence, timeProvider, askedAt);
        _timer = timeProvider.CreateTimer(_ => Look(), null, Use, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Redis refuses the writes of a member that is none any more.</summary>
    public StateFence Fence { get; }

    /// <summary>False from the moment others may take over, and a while before.</summary>
    public bool IsValid => !_lost.IsCancellationRequested && Left > TimeSpan.Zero;

    /// <summary>Cancelled when it is over for good.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Redis has confirmed it; counted from before the question.</summary>
    public void Renew(long askedAt)
    {
        Interlocked.Exchange(ref _askedAt, askedAt);
        if (!_lost.IsCancellationRequested)
            _timer.Change(Left > TimeSpan.Zero ? Left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Redis knows the member no more.</summary>
    public void End() => _lost.Cancel();

    public void Dispose() => _timer.Dispose();

    private TimeSpan Left => Use - _timeProvider.GetElapsedTime(Interlocked.Read(ref _askedAt));

    private void Look()
    {
        if (Left is { Ticks: > 0 } left)
            _timer.Change(left, Timeout.InfiniteTimeSpan);
        else
            End();
    }
}
