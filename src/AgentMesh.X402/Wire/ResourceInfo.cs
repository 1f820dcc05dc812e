using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.X402.Wire;

/// <summary>What is paid for (version 2, specification 5.1.2). All of it is a stranger's text.</summary>
/// <param name="Url">Where it is; <c>mcp://tool/NAME</c> for a tool.</param>
/// <param name="Description">For people.</param>
/// <param name="MimeType">Of the answer.</param>
public sealed record ResourceInfo(string Url, string? Description = null, string? MimeType = null)
{
    /// <summary>Members that are not known here, as they came: a client echoes the whole object.</summary>
    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? Unknown { get; internal set; }
}
