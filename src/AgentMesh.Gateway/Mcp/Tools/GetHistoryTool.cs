using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary><c>get_history</c>: <c>GET /agent/{userId}/history</c> and its search, in pages that a model can read.</summary>
internal sealed class GetHistoryTool(LongReads reads) : IMcpTool
{
    private const int DefaultLimit = 20;

    private static readonly Refusal SessionNotFound = new(AgentRefusals.SessionNotFound, SessionId.NotFoundDetail);

    public Tool Definition { get; } = McpToolFile.Read("get_history");

    public bool HasMuchToSend => true;

    public async Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken)
    {
        var arguments = call.Arguments;
        var session = arguments.Text("sessionId");
        if (session is not null && !SessionId.CanExist(session))
            return SessionNotFound;
        var page = new GetHistory(session, (int)(arguments.Number("limit") ?? DefaultLimit), arguments.Number("before"), arguments.Text("search"));
        return McpAnswer.Of(await reads.GetHistoryAsync(call.Agent, page, cancellationToken), GatewayJson.Answers.HistoryPage);
    }
}
