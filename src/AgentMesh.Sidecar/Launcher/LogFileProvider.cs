namespace AgentMesh.Sidecar.Launcher;

/// <summary>Writes the sidecar's log to files, one line an entry.</summary>
/// <param name="files">Safe for concurrent use; not closed by this.</param>
/// <param name="timeProvider">For the time of each line.</param>
internal sealed class LogFileProvider(IReadOnlyList<TextWriter> files, TimeProvider timeProvider) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new FileLogger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose() => files.ToList().ForEach(file => file.Flush());

    private void Write(string line)
    {
        foreach (var file in files) file.WriteLine($"{timeProvider.GetUtcNow():O} {line}");
    }

    private sealed class FileLogger(LogFileProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var reason = exception is null ? "" : " " + exception.ToString().ReplaceLineEndings(" | ");
            provider.Write($"{logLevel} {category}: {formatter(state, exception)}{reason}");
        }
    }
}
