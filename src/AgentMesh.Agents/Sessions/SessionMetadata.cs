using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Sessions;

/// <summary>What the owner notes down on a session: a JSON object, changed by merging (RFC 7396).</summary>
public static class SessionMetadata
{
    /// <summary>Nothing noted.</summary>
    public const string None = "{}";

    // Which of two equal members counts differs between readers.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The notes after a change. Members of the patch replace, null removes, objects merge.</summary>
    /// <param name="metadata">The stored notes.</param>
    /// <param name="patch">A JSON object as text; null changes nothing.</param>
    public static Result<string> Merge(string metadata, string? patch)
    {
        if (patch is null)
            return metadata;
        try
        {
            if (JsonNode.Parse(patch, null, Strict) is not JsonObject changes)
                return SessionRefusals.InvalidMetadata;
            var merged = Merge(JsonNode.Parse(metadata) as JsonObject, changes).ToJsonString();
            return Encoding.UTF8.GetByteCount(merged) <= SessionLimits.MetadataBytes ? merged : SessionRefusals.InvalidMetadata;
        }
        catch (JsonException)
        {
            return SessionRefusals.InvalidMetadata;
        }
    }

    // RFC 7396, section 2. Not recursive without bound: the patch was parsed, and parsing has a maximum depth.
    private static JsonObject Merge(JsonObject? target, JsonObject patch)
    {
        target ??= [];
        foreach (var (name, value) in patch)
        {
            if (value is null)
                target.Remove(name);
            else
                target[name] = value is JsonObject inner ? Merge(target[name]?.DeepClone() as JsonObject, inner) : value.DeepClone();
        }

        return target;
    }
}
