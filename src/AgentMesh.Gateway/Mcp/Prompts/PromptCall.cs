using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Prompts;

/// <summary>A request for a prompt.</summary>
/// <param name="Agent">Whose.</param>
/// <param name="Arguments">Texts by name; those that the prompt requires are there.</param>
/// <param name="Answers">To what the prompt asked before.</param>
internal sealed record PromptCall(AgentKey Agent, IReadOnlyDictionary<string, string> Arguments, McpAnswers Answers);
