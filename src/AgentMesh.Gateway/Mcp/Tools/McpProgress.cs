using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>Tells the client how far a call is, when it asked for that.</summary>
/// <param name="server">Of the request; null: nobody waits for it.</param>
/// <param name="token">By which the client knows the call; null: it does not want to hear.</param>
internal sealed class McpProgress(McpServer? server, ProgressToken? token)
{
    /// <summary>Says how far it is; the numbers have to rise.</summary>
    /// <param name="done">So far.</param>
    /// <param name="total">Of how much; null: nobody knows.</param>
    /// <param name="cancellationToken">Ends with the call.</param>
    public Task ReportAsync(float done, float? total, CancellationToken cancellationToken) => server is not null && token is { } known
        ? server.NotifyProgressAsync(known, new ProgressNotificationValue { Progress = done, Total = total }, cancellationToken: cancellationToken)
        : Task.CompletedTask;
}
