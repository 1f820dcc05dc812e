using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>A broker's work that comes again and again. A failure is logged, and the next time tries again.</summary>
internal sealed partial class Housekeeping : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger;
    private readonly Task _loop;

    /// <param name="pubSub">The component, for the log.</param>
    /// <param name="interval">Between two times; the first one is after it.</param>
    /// <param name="work">Its failures are <see cref="StateStoreException"/>.</param>
    /// <param name="logger">Of the broker.</param>
    /// <param name="timeProvider">The clock.</param>
    public Housekeeping(string pubSub, TimeSpan interval, Func<CancellationToken, Task> work, ILogger logger, TimeProvider timeProvider)
    {
        _logger = logger;
        _loop = LoopAsync(pubSub, new PeriodicTimer(interval, timeProvider), work);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task LoopAsync(string pubSub, PeriodicTimer timer, Func<CancellationToken, Task> work)
    {
        using (timer)
        {
            try
            {
                while (await timer.WaitForNextTickAsync(_stopping.Token))
                {
                    try
                    {
                        await work(_stopping.Token);
                    }
                    catch (StateStoreException failure)
                    {
                        LogFailed(pubSub, failure);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // Stopping.
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old events or groups of {PubSub} could not be removed; the next attempt follows.")]
    private partial void LogFailed(string pubSub, Exception exception);
}
