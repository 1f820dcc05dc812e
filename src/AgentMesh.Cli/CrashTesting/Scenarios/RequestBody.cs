using System.Text;
using System.Text.Json.Nodes;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>Bodies of requests.</summary>
internal static class RequestBody
{
    /// <summary>A JSON object.</summary>
    public static byte[] Of(params (string Name, JsonNode? Value)[] members) =>
        Encoding.UTF8.GetBytes(new JsonObject(members.Select(member => KeyValuePair.Create(member.Name, member.Value))).ToJsonString());
}
