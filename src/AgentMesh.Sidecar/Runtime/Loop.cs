namespace AgentMesh.Sidecar.Runtime;

/// <summary>Work beside everything else, from its making to its disposal.</summary>
internal sealed class Loop : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _work;

    /// <param name="work">Ends with the token.</param>
    public Loop(Func<CancellationToken, Task> work) => _work = work(_stopping.Token);

    /// <summary>Work that comes again and again, for the first time after one interval.</summary>
    public static Loop Every(TimeSpan interval, TimeProvider timeProvider, Func<CancellationToken, Task> work) => new(async stopping =>
    {
        using var timer = new PeriodicTimer(interval, timeProvider);
        while (await timer.WaitForNextTickAsync(stopping))
            await work(stopping);
    });

    /// <summary>Ends the work; completes when it has ended, and fails when it has broken down.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await _work;
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }

        _stopping.Dispose();
    }
}
