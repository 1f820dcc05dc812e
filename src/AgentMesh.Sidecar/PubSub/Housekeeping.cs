using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>A broker's work that comes again and again. A failure is logged, and the next time tries again.</summary>
internal static partial class Housekeeping
{
    /// <param name="pubSub">The component, for the log.</param>
    /// <param name="interval">Between two times; the first one is after it.</param>
    /// <param name="work">Its failures are <see cref="StateStoreException"/>.</param>
    /// <param name="logger">Of the broker.</param>
    /// <param name="timeProvider">The clock.</param>
    public static Loop Start(string pubSub, TimeSpan interval, Func<CancellationToken, Task> work, ILogger logger, TimeProvider timeProvider) =>
        Loop.Every(interval, timeProvider, async stopping =>
        {
            try
            {
                await work(stopping);
            }
            catch (StateStoreException failure)
            {
                LogFailed(logger, pubSub, failure);
            }
        });

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old events or groups of {PubSub} could not be removed; the next attempt follows.")]
    private static partial void LogFailed(ILogger logger, string pubSub, Exception exception);
}
