namespace AgentMesh.Gateway.Watching;

/// <summary>Counts the frames of one socket in windows that follow one another. For its one reader.</summary>
internal sealed class FrameRate(int max, TimeSpan window)
{
    private long _began;
    private int _count;

    /// <summary>False when it is one too many.</summary>
    public bool TryTake(long now, TimeProvider timeProvider)
    {
        if (_count == 0 || timeProvider.GetElapsedTime(_began, now) >= window)
            (_began, _count) = (now, 0);
        return ++_count <= max;
    }
}
