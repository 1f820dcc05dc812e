using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Watching;

/// <summary>Reads the logs of agents of which something was announced, some at a time.</summary>
internal sealed partial class WatchReader(WatchHub hub, IOptions<WatchOptions> options, ILogger<WatchReader> logger) : BackgroundService
{
    private readonly ILogger _logger = logger;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.Readers).Select(_ => ReadAsync(stoppingToken)));

    private async Task ReadAsync(CancellationToken stoppingToken)
    {
        await foreach (var agent in hub.Due.ReadAllAsync(stoppingToken))
        {
            try
            {
                await agent.CatchUpAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The edge of this loop: a bug that one agent's log brings out must not end the reading of all the others.
                LogFault(exception.GetType().Name);
            }
        }
    }

    // Without the exception: its text may hold what a user said.
    [LoggerMessage(1, LogLevel.Error, "Reading an agent's events failed ({ExceptionType})")]
    private partial void LogFault(string exceptionType);
}
