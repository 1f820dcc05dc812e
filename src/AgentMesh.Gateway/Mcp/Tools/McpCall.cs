using AgentMesh.Gateway.Mcp.Arguments;
using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Gateway.Mcp.Tasks;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>A call of a tool.</summary>
/// <param name="Agent">Whose.</param>
/// <param name="Arguments">Valid by the tool's schema.</param>
/// <param name="IdempotencyKey">By which the client repeats the call safely; null: it gave none.</param>
/// <param name="Answers">To what the tool asked before.</param>
/// <param name="Progress">Where the tool says how far it is.</param>
/// <param name="Task">The task that the call may become; null: its client takes none.</param>
internal sealed record McpCall(AgentKey Agent, McpArguments Arguments, string? IdempotencyKey, McpAnswers Answers, McpProgress Progress, TaskOffer? Task = null);
