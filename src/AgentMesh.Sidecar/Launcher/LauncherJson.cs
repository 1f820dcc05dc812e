using System.Text.Json.Serialization;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The files of the data folder and of the list of runs, and what <c>list</c> prints.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<StartedProcess>))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(List<ListedApp>))]
internal sealed partial class LauncherJson : JsonSerializerContext;
