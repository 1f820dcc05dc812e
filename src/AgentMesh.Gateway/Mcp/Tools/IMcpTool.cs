using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>A tool that agents have for their owners. A new one is a class, its definition in a file beside it, and a line in <see cref="McpExtensions"/>.</summary>
internal interface IMcpTool
{
    /// <summary>As clients see it; <see cref="McpToolFile"/> reads it.</summary>
    Tool Definition { get; }

    /// <summary>Which agents have it: all, unless the tool says something else.</summary>
    bool IsOf(AgentKey agent) => true;

    /// <summary>Its work takes longer than a call may: clients that take no tasks are told so, by error -32021, and nothing is begun.</summary>
    bool NeedsTask => false;

    /// <summary>Its answers may have megabytes: they count among the agent's <see cref="LongReads"/> until they are taken.</summary>
    bool HasMuchToSend => false;

    /// <summary>
    /// Does it, within the time that the token allows. An answer of a tool with an output schema is of that schema. A tool that has to ask somebody first
    /// returns an <see cref="McpQuestion"/> in place of a refusal, and is called again from the beginning.
    /// </summary>
    /// <param name="call">Whose agent, and the arguments, which are valid by the definition's input schema.</param>
    /// <param name="cancellationToken">Ends with the caller, or when the time is up.</param>
    Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken);
}
