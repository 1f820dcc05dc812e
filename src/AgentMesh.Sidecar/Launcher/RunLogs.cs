using System.Globalization;
using AgentMesh.Sidecar.Dashboard;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>
/// Where a run's lines go: the apps' output and the sidecar's log, on the console or in files of the apps that ask for them. One
/// process is the sidecar of all apps, so its log is one: each file gets all of it, in the detail of the app that asks for most.
/// </summary>
internal sealed class RunLogs : IDisposable
{
    private readonly TextWriter _console;
    private readonly Dictionary<string, (TextWriter Writer, string Path)> _appFiles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (TextWriter Writer, string Path)> _daprdFiles = new(StringComparer.Ordinal);

    /// <summary>Opens the files asked for.</summary>
    /// <param name="runFile">The apps.</param>
    /// <param name="console">Safe for concurrent use.</param>
    /// <param name="timeProvider">For names and lines.</param>
    /// <exception cref="LauncherException">A file cannot be opened.</exception>
    public RunLogs(RunFile runFile, TextWriter console, TimeProvider timeProvider)
    {
        _console = console;
        Ring = new LogRing(timeProvider);
        var now = timeProvider.GetLocalNow();
        foreach (var app in runFile.Apps)
        {
            if (app.AppLog != LogDestination.Console && app.Command.Count > 0) _appFiles[app.AppId] = Open(app, "app", now);
            if (app.DaprdLog != LogDestination.Console) _daprdFiles[app.AppId] = Open(app, "daprd", now);
        }

        Loggers = LoggerFactory.Create(logging =>
        {
            var level = runFile.Apps.Min(app => app.LogLevel ?? (app.LogApiCalls ? LogLevel.Information : LogLevel.Warning));
            // The web server's own talk is no part of daprd's log.
            var server = level > LogLevel.Warning ? level : LogLevel.Warning;
            logging.SetMinimumLevel(level).AddFilter("Microsoft", server).AddFilter("Grpc", server);
            logging.AddProvider(new RingLoggerProvider(Ring)).AddFilter<RingLoggerProvider>("AgentMesh", level < LogLevel.Information ? level : LogLevel.Information);
            if (_daprdFiles.Count > 0) logging.AddProvider(new LogFileProvider([.. _daprdFiles.Values.Select(file => file.Writer)], timeProvider));
            if (runFile.Apps.All(app => app.DaprdLog == LogDestination.File)) return;
            // Standard output is for the user's lines and the apps; logs go beside it.
            logging.AddSimpleConsole(options => options.SingleLine = true).Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
                options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        });
    }

    /// <summary>The last lines, for the dashboard.</summary>
    public LogRing Ring { get; }

    /// <summary>The sidecar's log.</summary>
    public ILoggerFactory Loggers { get; }

    /// <summary>Receives the lines of an app's processes.</summary>
    public Action<string> OutputOf(RunFileApp app) => WriterOf(app, app.AppLog, _appFiles);

    /// <summary>Receives the lines of an app's own sidecar process.</summary>
    public Action<string> DaprdOutputOf(RunFileApp app) => WriterOf(app, app.DaprdLog, _daprdFiles);

    private Action<string> WriterOf(RunFileApp app, LogDestination destination, Dictionary<string, (TextWriter Writer, string Path)> files)
    {
        var file = files.GetValueOrDefault(app.AppId).Writer;
        return line =>
        {
            file?.WriteLine(line);
            if (file is null || destination != LogDestination.File) _console.WriteLine(line);
            Ring.AddOutput(app.AppId, line);
        };
    }

    /// <summary>The files of an app; empty texts where it has none.</summary>
    public (string App, string Daprd) FilesOf(string appId) => (_appFiles.GetValueOrDefault(appId).Path ?? "", _daprdFiles.GetValueOrDefault(appId).Path ?? "");

    /// <inheritdoc/>
    public void Dispose()
    {
        Loggers.Dispose();
        foreach (var (writer, _) in _appFiles.Values.Concat(_daprdFiles.Values)) writer.Dispose();
    }

    private static (TextWriter Writer, string Path) Open(RunFileApp app, string kind, DateTimeOffset now)
    {
        var path = Path.Combine(app.Directory, ".dapr", "logs", $"{app.AppId}_{kind}_{now.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}.log");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return (TextWriter.Synchronized(new StreamWriter(path, append: true) { AutoFlush = true }), path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new LauncherException($"the log file of {app.AppId} cannot be opened: {refused.Message}");
        }
    }
}
