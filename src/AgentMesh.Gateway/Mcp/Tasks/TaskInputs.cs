using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Mcp.Arguments;
using AgentMesh.Gateway.Mcp.Questions;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tasks;

/// <summary>What tasks ask and are answered: as the agent keeps it, as clients see it, and as tools do.</summary>
internal static class TaskInputs
{
    private static readonly JsonTypeInfo<InputRequest> RequestType = (JsonTypeInfo<InputRequest>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(InputRequest));

    /// <summary>Arguments, to be kept.</summary>
    public static string Write(McpArguments arguments) => new JsonObject(arguments.Values.Select(one => KeyValuePair.Create(one.Key, JsonNode.Parse(one.Value.GetRawText())))).ToJsonString();

    /// <summary>Questions, to be kept.</summary>
    public static TaskQuestions Write(McpQuestion question) =>
        new([.. question.Requests.Select(one => new TaskQuestion(one.Key, JsonSerializer.Serialize(one.Value, RequestType)))], question.State);

    /// <summary>The arguments of a task's call.</summary>
    public static McpArguments ArgumentsOf(TaskInput input) => McpArguments.Of(JsonElement.Parse(input.Arguments).EnumerateObject().ToDictionary(one => one.Name, one => one.Value));

    /// <summary>What a task was answered, for its tool. Of a question that was asked twice the later answer counts.</summary>
    public static McpAnswers AnswersOf(TaskInput input, ClientCapabilities? capabilities)
    {
        var responses = new Dictionary<string, InputResponse>(StringComparer.Ordinal);
        foreach (var question in input.Asked.Questions)
        {
            if (question.Response is { } response)
                responses[question.Name] = new InputResponse { RawValue = JsonElement.Parse(response) };
        }

        return new McpAnswers(responses, input.Asked.State, capabilities);
    }

    /// <summary>What a task still asks, by the keys that it is answered by; null: nothing.</summary>
    public static JsonObject? OpenOf(TaskInput input)
    {
        var open = input.Asked.Questions.Where(question => question.Response is null).Select(question => KeyValuePair.Create(question.Key!, JsonNode.Parse(question.Request))).ToList();
        return open.Count == 0 ? null : new JsonObject(open);
    }

    /// <summary>The answers among what a client says; all else is not heard.</summary>
    public static Dictionary<string, string> AnswersIn(TaskInput input, JsonObject said) => input.Asked.Questions
        .Where(question => question.Response is null && said[question.Key!] is JsonObject)
        .ToDictionary(question => question.Key!, question => said[question.Key!]!.ToJsonString());
}
