namespace AgentMesh.Sidecar.Metrics;

/// <summary>How many calls there were, and how long they took together.</summary>
internal sealed class CallTotals
{
    private long _count;
    private long _microseconds;

    public void Add(double elapsedMs)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _microseconds, (long)(elapsedMs * 1000));
    }

    public (long Count, double ElapsedMs) Read() => (Interlocked.Read(ref _count), Interlocked.Read(ref _microseconds) / 1000.0);
}
