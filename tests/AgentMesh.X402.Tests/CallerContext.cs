namespace AgentMesh.X402.Tests;

/// <summary>
/// A caller with a context of its own, as a window has one. Who waits in it for an answer, blocking it, waits for ever for code that goes on only there.
/// </summary>
internal sealed class CallerContext : SynchronizationContext
{
    private int _posts;

    public override void Post(SendOrPostCallback d, object? state)
    {
        Interlocked.Increment(ref _posts);
        base.Post(d, state);
    }

    /// <summary>Calls in such a context, lets go what the call waits for, and sees that nothing of it wanted the context back.</summary>
    public static async Task<T> RunAsync<T>(Func<Task<T>> call, Action release)
    {
        var context = new CallerContext();
        var earlier = Current;
        SetSynchronizationContext(context);
        Task<T> answer;
        try
        {
            answer = call();
        }
        finally
        {
            SetSynchronizationContext(earlier);
        }

        Assert.False(answer.IsCompleted);
        release();
        var result = await answer;
        Assert.Equal(0, context._posts);
        return result;
    }
}
