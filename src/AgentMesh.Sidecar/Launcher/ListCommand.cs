using System.Globalization;
using System.Text.Json;

namespace AgentMesh.Sidecar.Launcher;

/// <summary><c>list</c>: the apps of all runs of this user, in the columns and members of <c>dapr list</c> (cli: pkg/standalone/list.go).</summary>
/// <param name="registry">The runs.</param>
/// <param name="output">Receives the list.</param>
/// <param name="timeProvider">For ages.</param>
internal sealed class ListCommand(RunRegistry registry, TextWriter output, TimeProvider timeProvider)
{
    private static readonly (string Title, Func<ListedApp, object> Value)[] Columns =
    [
        ("APP ID", app => app.AppId), ("HTTP PORT", app => app.HttpPort), ("GRPC PORT", app => app.GrpcPort), ("APP PORT", app => app.AppPort),
        ("COMMAND", app => Short(app.Command)), ("AGE", app => app.Age), ("CREATED", app => app.Created), ("DAPRD PID", app => app.DaprdPid),
        ("CLI PID", app => app.CliPid), ("APP PID", app => app.AppPid), ("RUN_TEMPLATE_PATH", app => app.RunTemplatePath),
        ("APP_LOG_PATH", app => app.AppLogPath), ("DAPRD_LOG_PATH", app => app.DaprdLogPath),
    ];

    /// <summary>Prints the list. Returns 0.</summary>
    public async Task<int> RunAsync(bool json)
    {
        var apps = (from run in registry.Read() from app in run.Apps select Of(run, app)).ToList();
        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(apps, LauncherJson.Default.ListListedApp));
        }
        else if (apps.Count == 0)
        {
            await output.WriteLineAsync("No Dapr instances found.");
        }
        else
        {
            await WriteTableAsync(apps);
        }

        return 0;
    }

    private async Task WriteTableAsync(List<ListedApp> apps)
    {
        var rows = apps.Select(app => Columns.Select(column => Text(column.Value(app))).ToArray()).Prepend([.. Columns.Select(column => column.Title)]).ToList();
        var widths = Columns.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            await output.WriteLineAsync(string.Join("  ", row.Select((text, column) => text.PadRight(widths[column]))).TrimEnd());
    }

    private ListedApp Of(RunRecord run, RunRecordApp app) => new(
        app.Id, app.DaprHttpPort, app.DaprGrpcPort, app.AppPort, app.MetricsPort > 0, app.Command, Age(timeProvider.GetUtcNow() - run.Created),
        // daprd's own format, point and all.
        run.Created.ToLocalTime().ToString("yyyy-MM-dd HH:mm.ss", CultureInfo.InvariantCulture),
        run.Pid, run.Pid, app.Pid, app.MetricsPort, run.RunFile ?? "", app.AppLog, app.DaprdLog);

    // cli: pkg/age.
    private static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: <= 60 } => $"{(int)age.TotalSeconds}s",
        { TotalMinutes: <= 60 } => $"{(int)age.TotalMinutes}m",
        { TotalHours: <= 24 } => $"{(int)age.TotalHours}h",
        _ => $"{(int)age.TotalDays}d",
    };

    private static string Short(string command) => command.Length > 40 ? command[..37] + "..." : command;

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}

/// <summary>One app of <c>list -o json</c>.</summary>
internal sealed record ListedApp(
    string AppId, int HttpPort, int GrpcPort, int AppPort, bool MetricsEnabled, string Command, string Age, string Created, int DaprdPid, int CliPid,
    int AppPid, int MetricsPort, string RunTemplatePath, string AppLogPath, string DaprdLogPath);
