namespace AgentMesh.Sidecar.Dashboard;

/// <summary>Brings the sidecar's own log into the ring.</summary>
internal sealed class RingLoggerProvider(LogRing ring) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new RingLogger(ring, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The ring outlives the loggers.
    }

    private sealed class RingLogger(LogRing ring, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var reason = exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})";
            ring.Add(LogLevels.Of(logLevel), $"{category}: {formatter(state, exception)}{reason}");
        }
    }
}
