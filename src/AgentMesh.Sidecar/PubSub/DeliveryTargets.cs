using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>The healthy processes that a consumer's events may go to, in turn.</summary>
/// <param name="hosts">All processes.</param>
/// <param name="isMine">Which of them are the consumer's.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class DeliveryTargets(HostDirectory hosts, Func<AppConnection, bool> isMine, TimeProvider timeProvider)
{
    /// <summary>A broken connection is often the first sign of a death; the launcher notices it within this time.</summary>
    private static readonly TimeSpan DeathGrace = TimeSpan.FromSeconds(1);

    private int _next;

    /// <summary>The next process; null when none is healthy.</summary>
    public AppConnection? Choose()
    {
        var mine = hosts.Connections.Where(connection => connection.IsAlive && !connection.IsRemote && isMine(connection)).ToList();
        return mine.Count == 0 ? null : mine[(int)((uint)Interlocked.Increment(ref _next) % (uint)mine.Count)];
    }

    /// <summary>Completes when there is a healthy process.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => hosts.WaitAsync(Choose, Timeout.InfiniteTimeSpan, timeProvider, cancellationToken);

    /// <summary>After a broken connection: whether the process is gone, or goes soon.</summary>
    public async Task<bool> IsGoneAsync(AppConnection connection, CancellationToken cancellationToken) =>
        await hosts.WaitAsync(() => hosts.Connections.Contains(connection) ? null : connection, DeathGrace, timeProvider, cancellationToken) is not null;
}
