using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary><c>get_info</c>: <c>GET /agent/{userId}/info</c>.</summary>
internal sealed class GetInfoTool(InfoReader reader) : IMcpTool
{
    public Tool Definition { get; } = McpToolFile.Read("get_info");

    public async Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken) =>
        McpAnswer.Of(await reader.ReadAsync(call.Agent, cancellationToken), GatewayJson.Answers.InfoResponse);
}
