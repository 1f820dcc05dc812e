using System.Text.Json.Serialization;
using AgentMesh.Gateway.Owner;

namespace AgentMesh.Gateway.Restoring;

/// <summary>How the lines of an export are read back: what is missing or null and must not be is no export.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, MaxDepth = 64,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ExportLine))]
[JsonSerializable(typeof(ExportedAgent))]
[JsonSerializable(typeof(ExportedSession))]
[JsonSerializable(typeof(ExportedMessage))]
[JsonSerializable(typeof(ExportedSchedule))]
[JsonSerializable(typeof(ExportedMailPolicy))]
[JsonSerializable(typeof(ExportedPolicy))]
[JsonSerializable(typeof(ExportedTopic))]
[JsonSerializable(typeof(ExportEnd))]
internal sealed partial class ExportJson : JsonSerializerContext
{
    /// <summary>For lines.</summary>
    public static ExportJson Lines => Default;
}

/// <summary>What every line has.</summary>
/// <param name="Kind">What it is of.</param>
internal sealed record ExportLine(string Kind);
