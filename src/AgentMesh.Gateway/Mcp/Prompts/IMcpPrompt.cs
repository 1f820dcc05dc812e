using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Prompts;

/// <summary>A prompt that agents have for their owners. A new one is a class and a line in <see cref="McpExtensions"/>.</summary>
internal interface IMcpPrompt
{
    /// <summary>As clients see it.</summary>
    Prompt Definition { get; }

    /// <summary>Which agents have it: all, unless the prompt says something else.</summary>
    bool IsOf(AgentKey agent) => true;

    /// <summary>Writes it. One that has to ask somebody first returns an <see cref="McpQuestion"/> in place of a refusal.</summary>
    /// <param name="call">Whose agent, and the arguments.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    Task<Result<GetPromptResult>> GetAsync(PromptCall call, CancellationToken cancellationToken);
}
