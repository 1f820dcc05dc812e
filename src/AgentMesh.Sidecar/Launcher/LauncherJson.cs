using System.Text.Json.Serialization;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The files of the data folder.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<StartedProcess>))]
internal sealed partial class LauncherJson : JsonSerializerContext;
