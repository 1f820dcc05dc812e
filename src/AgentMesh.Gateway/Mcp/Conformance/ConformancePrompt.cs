using AgentMesh.Gateway.Mcp.Prompts;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>A prompt of the suite.</summary>
/// <param name="name">By which the suite knows it.</param>
/// <param name="description">For people who look at the list.</param>
/// <param name="arguments">All of them required.</param>
/// <param name="write">Writes it.</param>
internal sealed class ConformancePrompt(string name, string description, string[] arguments, Func<PromptCall, Result<GetPromptResult>> write) : IMcpPrompt
{
    public Prompt Definition { get; } = new()
    {
        Name = name,
        Description = description,
        Arguments = [.. arguments.Select(argument => new PromptArgument { Name = argument, Description = "A text.", Required = true })],
    };

    public bool IsOf(AgentKey agent) => ConformanceAgent.Is(agent);

    public Task<Result<GetPromptResult>> GetAsync(PromptCall call, CancellationToken cancellationToken) => Task.FromResult(write(call));
}
