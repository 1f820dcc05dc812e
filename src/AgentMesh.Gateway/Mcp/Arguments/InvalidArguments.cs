using System.Text.Json;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Mcp.Arguments;

/// <summary>The refusal of arguments that are not of a tool's schema.</summary>
internal static class InvalidArguments
{
    /// <summary>What is wrong with them, in words that a model can act on; null when nothing is.</summary>
    public static Refusal? Check(JsonElement schema, IReadOnlyDictionary<string, JsonElement> arguments) =>
        SchemaCheck.Check(schema, arguments) is { Count: > 0 } problems ? new Refusal(EdgeRefusals.InvalidRequest, string.Join(' ', problems)) : null;
}
