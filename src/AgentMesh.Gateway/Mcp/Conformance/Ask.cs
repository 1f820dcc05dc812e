// MCP9005: the suite asks for sampling and roots, which are deprecated.
#pragma warning disable MCP9005

using System.Text.Json;
using AgentMesh.Gateway.Mcp.Questions;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>The questions of the suite, and what was answered.</summary>
internal static class Ask
{
    /// <summary>Asks a person for a text.</summary>
    public static InputRequest ForText(string message, string field) => ForField(message, field, new ElicitRequestParams.StringSchema());

    /// <summary>Asks a person for yes or no.</summary>
    public static InputRequest ForConsent(string message, string field) => ForField(message, field, new ElicitRequestParams.BooleanSchema());

    /// <summary>Asks the client's model.</summary>
    public static InputRequest ForSample(string question, int maxTokens) => InputRequest.ForSampling(new CreateMessageRequestParams
    {
        Messages = [new SamplingMessage { Role = Role.User, Content = [new TextContentBlock { Text = question }] }],
        MaxTokens = maxTokens,
    });

    /// <summary>Asks for the folders that the client works in.</summary>
    public static InputRequest ForRoots() => InputRequest.ForRootsList(new ListRootsRequestParams());

    /// <summary>The text that a person gave; null: none.</summary>
    public static string? Text(this McpAnswers answers, string name, string field) =>
        answers.Accepted(name)?.TryGetValue(field, out var value) == true && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>True when a person said yes.</summary>
    public static bool Consents(this McpAnswers answers, string name, string field) =>
        answers.Accepted(name)?.TryGetValue(field, out var value) == true && value.ValueKind == JsonValueKind.True;

    /// <summary>What the model said; null: nothing.</summary>
    public static string? Sample(this McpAnswers answers, string name) =>
        answers.Find(name, InputResponse.CreateMessageResultJsonTypeInfo)?.Content.OfType<TextContentBlock>().FirstOrDefault()?.Text;

    /// <summary>How many folders the client named; null: it did not answer.</summary>
    public static int? Roots(this McpAnswers answers, string name) => answers.Find(name, InputResponse.ListRootsResultJsonTypeInfo)?.Roots?.Count;

    private static InputRequest ForField(string message, string field, ElicitRequestParams.PrimitiveSchemaDefinition schema) => InputRequest.ForElicitation(new ElicitRequestParams
    {
        Message = message,
        RequestedSchema = new ElicitRequestParams.RequestSchema
        {
            Properties = new Dictionary<string, ElicitRequestParams.PrimitiveSchemaDefinition> { [field] = schema },
            Required = [field],
        },
    });
}
