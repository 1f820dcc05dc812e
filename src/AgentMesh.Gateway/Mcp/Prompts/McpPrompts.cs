using System.Text.Json;
using AgentMesh.Gateway.Mcp.Arguments;
using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentMesh.Gateway.Mcp.Prompts;

/// <summary><c>prompts/list</c> and <c>prompts/get</c>, for the owner.</summary>
internal sealed class McpPrompts(IEnumerable<IMcpPrompt> prompts, McpQuestions questions)
{
    private readonly IMcpPrompt[] _prompts = [.. prompts.OrderBy(prompt => prompt.Definition.Name, StringComparer.Ordinal)];

    /// <summary>Lists them.</summary>
    public ListPromptsResult List(McpCaller caller, RequestContext<ListPromptsRequestParams> request) =>
        McpCaller.Cached(request, new ListPromptsResult { Prompts = [.. Of(caller.Agent).Select(prompt => prompt.Definition)] });

    /// <summary>Gets one.</summary>
    public async Task<GetPromptResult> GetAsync(McpCaller caller, RequestContext<GetPromptRequestParams> request, CancellationToken cancellationToken)
    {
        var name = McpProblem.Required(McpProblem.Required(request.Params).Name);
        var prompt = Of(caller.Agent).FirstOrDefault(prompt => prompt.Definition.Name == name) ?? throw Unknown(caller.Agent, name);
        var arguments = TextsOf(request.Params.Arguments);
        if (Missing(prompt, arguments) is { } missing)
            throw McpProblem.Of(missing);
        var scope = new RequestScope(caller.Agent, caller.Name, RequestMethods.PromptsGet, name, request.Params.Arguments);
        var answers = questions.Read(scope, request);
        if (answers.IsRefused)
            throw McpProblem.Of(answers.Refusal);
        var result = await prompt.GetAsync(new PromptCall(caller.Agent, arguments, answers.Value), cancellationToken);
        return result.IsRefused ? throw McpProblem.Of(questions.Put(scope, request, result.Refusal)) : result.Value;
    }

    private static Dictionary<string, string> TextsOf(IDictionary<string, JsonElement>? arguments) =>
        (arguments ?? new Dictionary<string, JsonElement>()).Where(argument => argument.Value.ValueKind == JsonValueKind.String)
            .ToDictionary(argument => argument.Key, argument => argument.Value.GetString()!, StringComparer.Ordinal);

    private static Refusal? Missing(IMcpPrompt prompt, Dictionary<string, string> arguments)
    {
        string[] missing = [.. (prompt.Definition.Arguments ?? []).Where(argument => argument.Required == true && !arguments.ContainsKey(argument.Name)).Select(argument => argument.Name)];
        return missing.Length == 0 ? null : new Refusal(EdgeRefusals.InvalidRequest, $"The prompt needs {string.Join(", ", missing)}, as text.");
    }

    private IEnumerable<IMcpPrompt> Of(AgentKey agent) => _prompts.Where(prompt => prompt.IsOf(agent));

    private McpProtocolException Unknown(AgentKey agent, string name) => new(
        $"Unknown prompt: {JsonWords.Cut(name)}. There is {string.Join(", ", Of(agent).Select(prompt => prompt.Definition.Name))}.", McpErrorCode.InvalidParams);
}
