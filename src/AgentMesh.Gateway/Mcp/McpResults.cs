using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp;

/// <summary>Results of tools. A refusal is a result too, so that a model reads it and mends what it can.</summary>
internal static class McpResults
{
    /// <summary>In <c>_meta</c> of a refusal: what a problem document says over HTTP, for programs.</summary>
    public const string ProblemKey = "agentmesh/problem";

    /// <summary>A tool's answer: an output as text for everybody, and as itself for whoever understands that; contents as they are.</summary>
    public static CallToolResult Of(McpAnswer answer, string? revision)
    {
        if (answer.Output is not { } output)
            return new CallToolResult { Content = [.. answer.Content] };
        var result = Text(JsonSerializer.Serialize(output, GatewayJson.Answers.JsonElement));
        if (McpRevisions.HasStructuredContent(revision))
            result.StructuredContent = output;
        return result;
    }

    /// <summary>A tool's answer, or why there is none.</summary>
    public static CallToolResult Of(Result<McpAnswer> answer, string? revision) => answer.IsRefused ? Refused(answer.Refusal) : Of(answer.Value, revision);

    /// <summary>A text.</summary>
    public static CallToolResult Text(string text) => new() { Content = [new TextContentBlock { Text = text }] };

    /// <summary>
    /// A refusal: code, detail and members as text. No structured content, which clients of version 1 of the TypeScript SDK would hold against the output
    /// schema and throw away with the reason.
    /// </summary>
    public static CallToolResult Refused(Refusal refusal)
    {
        var result = Text(Say(refusal));
        result.IsError = true;
        result.Meta = new JsonObject { [ProblemKey] = ProblemOf(refusal) };
        return result;
    }

    /// <summary>One line for a model.</summary>
    public static string Say(Refusal refusal)
    {
        var members = string.Join("; ", refusal.Members.Where(member => member.Value is not null).Select(member => $"{member.Name}: {member.Value}"));
        return members.Length == 0 ? $"{refusal.Code}: {refusal.Detail}" : $"{refusal.Code}: {refusal.Detail} ({members})";
    }

    private static JsonObject ProblemOf(Refusal refusal)
    {
        var problem = new JsonObject
        {
            ["type"] = ProblemTypes.UriPrefix + refusal.Code,
            ["status"] = ProblemTypes.Of(refusal.Code).Status,
            ["detail"] = refusal.Detail,
        };
        foreach (var (name, value) in refusal.Members)
            problem[name] = value;
        return problem;
    }
}
