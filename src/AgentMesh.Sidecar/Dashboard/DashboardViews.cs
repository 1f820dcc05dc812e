using System.Text.Json;
using System.Text.Json.Serialization;
using AgentMesh.Sidecar.Actors.Reminders;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>A run as the dashboard shows it (<c>GET /api/mesh</c>).</summary>
/// <param name="Name">Of the run file, or of the one app.</param>
/// <param name="Version">daprd's version that is kept.</param>
/// <param name="Namespace">Dapr's.</param>
/// <param name="Now">The sidecar's clock: ages are counted by it.</param>
/// <param name="StartedAt">Of the sidecar.</param>
/// <param name="SidecarPid">Its process.</param>
/// <param name="Store">Where state is.</param>
/// <param name="Processes">In the run file's order.</param>
internal sealed record MeshView(
    string Name, string Version, string Namespace, DateTimeOffset Now, DateTimeOffset StartedAt, int SidecarPid, StoreView Store, IReadOnlyList<ProcessView> Processes);

/// <param name="Kind"><c>sqlite</c> or <c>redis</c>.</param>
/// <param name="Place">The file, or host and port.</param>
/// <param name="Bytes">Of the file and its log; null: unknown.</param>
internal sealed record StoreView(string Kind, string Place, long? Bytes);

/// <summary>A process of an app.</summary>
internal sealed record ProcessView(string AppId, int Replica)
{
    /// <summary><c>starting</c>, <c>healthy</c>, <c>unhealthy</c>, <c>restarting</c> or <c>down</c>.</summary>
    public required string State { get; init; }

    /// <summary>Null: there is none, or it cannot be seen.</summary>
    public int? Pid { get; init; }

    /// <summary>When the process was started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public int Restarts { get; init; }

    /// <summary>0: it does not listen.</summary>
    public int AppPort { get; init; }

    public int DaprHttpPort { get; init; }

    public int DaprGrpcPort { get; init; }

    /// <summary>0: its metrics are switched off.</summary>
    public int MetricsPort { get; init; }

    /// <summary>Without values that look secret.</summary>
    public required string Command { get; init; }
}

/// <summary>One app (<c>GET /api/apps/{id}</c>).</summary>
/// <param name="AppId">Dapr's app id.</param>
/// <param name="Processes">Its processes.</param>
/// <param name="Metadata">Of each process, Dapr's <c>/v1.0/metadata</c>; null where its sidecar does not answer.</param>
/// <param name="Resiliency">Names of the resources for it.</param>
/// <param name="ConfigurationFile">Null: none.</param>
/// <param name="Features">Enabled by its configuration.</param>
internal sealed record AppView(
    string AppId, IReadOnlyList<ProcessView> Processes, IReadOnlyList<JsonElement?> Metadata, IReadOnlyList<string> Resiliency, string? ConfigurationFile,
    IReadOnlyList<string> Features);

/// <summary>A page of reminders, the one due next first (<c>GET /api/reminders</c>).</summary>
/// <param name="Types">The actor types that are hosted now.</param>
/// <param name="Items">Those found.</param>
/// <param name="Next">The cursor of the next page; null: this was the last.</param>
internal sealed record ReminderPage(IReadOnlyList<string> Types, IReadOnlyList<ReminderView> Items, string? Next);

/// <param name="Type">Actor type.</param>
/// <param name="Id">Actor id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Due">The next tick.</param>
/// <param name="PeriodMs">Between ticks; null: once.</param>
/// <param name="Left">Ticks left; null: without end.</param>
/// <param name="Fired">Ticks so far.</param>
/// <param name="Expires">No tick after it.</param>
internal sealed record ReminderView(string Type, string Id, string Name, DateTimeOffset Due, double? PeriodMs, int? Left, int Fired, DateTimeOffset? Expires)
{
    public static ReminderView Of(Reminder reminder) => new(
        reminder.Type, reminder.Id, reminder.Name, reminder.Due, reminder.Schedule.Period?.TotalMilliseconds,
        reminder.Schedule.Period is null ? 1 : reminder.Schedule.Repetitions - reminder.Fired, reminder.Fired, reminder.Schedule.Expires);
}

/// <summary>A consumer group of a topic (<c>GET /api/topics</c>).</summary>
/// <param name="Component">The pub/sub component.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Group">The group.</param>
/// <param name="Waiting">Events not taken yet; null: unknown.</param>
/// <param name="Pending">Events taken and not completed.</param>
internal sealed record TopicView(string Component, string Topic, string Group, long? Waiting, long Pending);

/// <summary>A file of the run as YAML (<c>GET /api/config</c>).</summary>
/// <param name="File">Its path.</param>
/// <param name="Apps">The apps it is for.</param>
/// <param name="Yaml">Without secrets and comments.</param>
internal sealed record ConfigView(string File, IReadOnlyList<string> Apps, string Yaml);

/// <summary>The calls of a process in the last minutes (<c>GET /api/rates</c>), the oldest first.</summary>
/// <param name="AppId">Its app.</param>
/// <param name="Replica">Its number.</param>
/// <param name="In">Calls a second from the sidecar to the app.</param>
/// <param name="Out">Calls a second from the app to its sidecar.</param>
/// <param name="InMs">Their mean time, milliseconds; 0 where there was none.</param>
/// <param name="OutMs">The same of the app's calls.</param>
internal sealed record RateView(string AppId, int Replica, IReadOnlyList<double> In, IReadOnlyList<double> Out, IReadOnlyList<double> InMs, IReadOnlyList<double> OutMs);

/// <param name="IntervalMs">Between two points.</param>
/// <param name="Processes">One for each.</param>
internal sealed record RatesView(int IntervalMs, IReadOnlyList<RateView> Processes);

/// <summary>A line of the logs.</summary>
/// <param name="Id">Rises by one.</param>
/// <param name="At">When it came.</param>
/// <param name="App">The app's id; empty: the sidecar's own.</param>
/// <param name="Level"><c>debug</c>, <c>info</c>, <c>warn</c> or <c>error</c>.</param>
/// <param name="Text">The line.</param>
internal sealed record LogLine(long Id, DateTimeOffset At, string App, string Level, string Text);

/// <param name="Missed">Lines that went by before this page could be read.</param>
/// <param name="Lines">In their order.</param>
internal sealed record LogPage(long Missed, IReadOnlyList<LogLine> Lines);

/// <summary>What the API sends.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MeshView))]
[JsonSerializable(typeof(AppView))]
[JsonSerializable(typeof(ReminderPage))]
[JsonSerializable(typeof(IReadOnlyList<TopicView>))]
[JsonSerializable(typeof(IReadOnlyList<ConfigView>))]
[JsonSerializable(typeof(RatesView))]
[JsonSerializable(typeof(LogPage))]
internal sealed partial class DashboardJson : JsonSerializerContext;
