using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Identity.Tickets;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Watching;

/// <summary>
/// <c>GET /agent/{userId}</c> with <c>Upgrade: websocket</c>: every message of the agent to every socket, and messages in. With
/// <c>?after=SEQ</c> it begins behind that event, as a resume does.
/// </summary>
internal static class SocketEndpoint
{
    private static readonly Refusal InvalidAfter = new(EdgeRefusals.InvalidAfter, "after must be one number from 0 on, a seq.");

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/agent/{userId}", AnswerAsync).WithMetadata(TakesTickets.Instance)
        .Describe("A WebSocket: every message of the agent to every socket, and messages in.", operation => operation
            .Query("after", "Begins behind that event.", Schema.Number(0))
            .Answers(StatusCodes.Status101SwitchingProtocols)
            .Refuses(EdgeRefusals.UpgradeRequired, EdgeRefusals.InvalidAfter));

    private static async Task AnswerAsync(HttpContext context)
    {
        if (SocketHandshake.Check(context) is { } refusal)
        {
            await Problem.WriteAsync(context, refusal);
            return;
        }

        if (!QueryNumber.TryRead(context.Request.Query, "after", 0, long.MaxValue, out var after))
        {
            await Problem.WriteAsync(context, InvalidAfter);
            return;
        }

        var agent = AgentPath.KeyOf(context);
        var services = context.RequestServices;
        using var watcher = services.GetRequiredService<WatchHub>().JoinSocket(agent);
        if (watcher is null)
        {
            // Only so a client of the browser learns the reason: it sees no answer that refuses a handshake.
            await using var refused = await SocketHandshake.AcceptAsync(context);
            await refused.WriteAsync(SocketFrames.Close(SocketEnd.TooManySockets.Status, SocketEnd.TooManySockets.Reason), context.RequestAborted);
            return;
        }

        // After it has joined, so that no announcement falls between the answer and the watching.
        var info = await services.GetRequiredService<AgentCalls>().GetInfoAsync(agent, context.RequestAborted);
        var lost = info.IsRefused ? info.Refusal : await watcher.StartAsync(info.Value.LastSeq, context.RequestAborted);
        if (lost is not null)
        {
            await Problem.WriteAsync(context, lost);
            return;
        }

        await using var stream = await SocketHandshake.AcceptAsync(context);
        using var session = new SocketSession(context, stream, watcher, services.GetRequiredService<SocketParts>());
        var metrics = services.GetRequiredService<WatchMetrics>();
        metrics.SocketOpened();
        try
        {
            await session.RunAsync(agent, info.Value!, after);
        }
        finally
        {
            metrics.SocketClosed();
        }
    }
}
