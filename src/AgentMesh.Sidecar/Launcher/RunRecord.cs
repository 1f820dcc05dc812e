using System.Text.Json.Serialization;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>A run as <see cref="RunRegistry"/> keeps it.</summary>
/// <param name="Pid">The launcher and sidecar.</param>
/// <param name="StartTime">Tells it from a later process with the same number: <see cref="ProcessIdentity.StartTimeOf"/>.</param>
/// <param name="Created">When it was started.</param>
/// <param name="RunFile">Absolute; null for an app of the command line.</param>
/// <param name="Apps">Its app processes.</param>
internal sealed record RunRecord(int Pid, string StartTime, DateTimeOffset Created, string? RunFile, IReadOnlyList<RunRecordApp> Apps)
{
    /// <summary>Whether the process is still the one that was written down.</summary>
    [JsonIgnore]
    public bool IsAlive => Pid > 0 && ProcessIdentity.StartTimeOf(Pid) == StartTime;
}

/// <summary>An app process of a run.</summary>
/// <param name="Id">The app id.</param>
/// <param name="Pid">0 while there is none.</param>
/// <param name="AppPort">0: it does not listen.</param>
/// <param name="DaprHttpPort">Of its sidecar.</param>
/// <param name="DaprGrpcPort">Of its sidecar.</param>
/// <param name="MetricsPort">Of its sidecar.</param>
/// <param name="Command">With its arguments; empty: it is started by someone else.</param>
/// <param name="AppLog">The file of its output; empty: none.</param>
/// <param name="DaprdLog">The file of its sidecar's log; empty: none.</param>
internal sealed record RunRecordApp(
    string Id, int Pid, int AppPort, int DaprHttpPort, int DaprGrpcPort, int MetricsPort, string Command, string AppLog, string DaprdLog);
