using AgentMesh.Gateway.Edge;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Agents;

/// <summary><c>GET /agent/{userId}/info</c>: counters and times; an agent never used is 200 with count 0.</summary>
internal static class InfoEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/agent/{userId}/info", AnswerAsync);

    private static async Task AnswerAsync(HttpContext context)
    {
        var agent = AgentPath.KeyOf(context);
        var calls = context.RequestServices.GetRequiredService<AgentCalls>();
        var result = await calls.GetInfoAsync(agent, context.RequestAborted);
        if (result.IsRefused)
        {
            await Problem.WriteAsync(context, result.Refusal);
            return;
        }

        var info = result.Value;
        // UtcDateTime: written with Z.
        var response = new InfoResponse(
            agent.User.ToString(), info.WalletAddress, info.MessageCount, InfoBudget.Empty, info.CreatedAt?.UtcDateTime, info.LastActive?.UtcDateTime);
        await JsonAnswer.WriteAsync(context, response, GatewayJson.Answers.InfoResponse);
    }
}

/// <summary>What is known of an agent.</summary>
/// <param name="UserId">The user.</param>
/// <param name="WalletAddress">The agent's address; null until it has a wallet.</param>
/// <param name="MessageCount">User and assistant messages of all sessions.</param>
/// <param name="Budget">Its limits.</param>
/// <param name="CreatedAt">First write; null for an agent never used.</param>
/// <param name="LastActive">Last write; null for an agent never used.</param>
internal sealed record InfoResponse(
    string UserId, string? WalletAddress, long MessageCount, InfoBudget Budget, DateTime? CreatedAt, DateTime? LastActive);

/// <summary>An agent's limits; none can be set yet.</summary>
/// <param name="Limits">Always empty so far.</param>
internal sealed record InfoBudget(IReadOnlyList<string> Limits)
{
    public static InfoBudget Empty { get; } = new([]);
}
