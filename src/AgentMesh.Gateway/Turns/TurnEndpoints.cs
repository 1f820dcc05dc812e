using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Gateway.Watching;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Turns;

/// <summary><c>GET /agent/{userId}/turns/{id}</c>, <c>POST …/turns/{id}/cancel</c> and <c>POST …/turns/{id}/resume</c>: what became of a message.</summary>
internal static class TurnEndpoints
{
    private static readonly Refusal NotFound = new(AgentRefusals.TurnNotFound, "The agent has no such turn.");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/agent/{userId}/turns/{turnId}", GetAsync)
            .Describe("Reads what became of a message.", operation => operation.Answers<TurnResponse>().Refuses(AgentRefusals.TurnNotFound));
        endpoints.MapPost("/agent/{userId}/turns/{turnId}/cancel", CancelAsync)
            .Describe("Cancels a turn that is not over.", operation => operation.Answers<TurnResponse>().Refuses(AgentRefusals.TurnNotFound));
        endpoints.MapPost("/agent/{userId}/turns/{turnId}/resume", ResumeAsync)
            .Describe("Goes on with a turn that waits for budget.", operation => operation.Answers<TurnResponse>().Refuses(AgentRefusals.TurnNotFound).Spends());
    }

    /// <summary>Where to ask for a turn.</summary>
    public static string PathOf(AgentKey agent, string turn) => $"{AgentPath.Of(agent)}/turns/{turn}";

    /// <summary>Why a turn that is over, or waits until there is budget, has no answer.</summary>
    public static Refusal RefusalOf(Turn turn) => turn switch
    {
        { Error: { } error } => new Refusal(error.Code, error.Detail),
        { Pause: { } pause } => new PausedRefusal(pause.Code, pause.Detail, turn.TurnId, pause.Shortage),
        _ => new Refusal(AgentRefusals.TurnFailed, "The turn is over without an answer."),
    };

    private static async Task GetAsync(HttpContext context)
    {
        if (await FindIdAsync(context) is not { } id)
            return;
        var calls = AgentCalls.Of(context);
        await AnswerAsync(context, await calls.GetTurnAsync(AgentPath.KeyOf(context), new GetTurn(id), context.RequestAborted));
    }

    private static async Task CancelAsync(HttpContext context)
    {
        if (await FindIdAsync(context) is not { } id)
            return;
        var agent = AgentPath.KeyOf(context);
        var services = context.RequestServices;
        var result = await services.GetRequiredService<AgentCalls>().CancelTurnAsync(agent, new CancelTurn(id), context.RequestAborted);
        if (result.Value?.Error is { } error)
            services.GetRequiredService<WatchHub>().Announce(agent, error.Seq);
        await AnswerAsync(context, result);
    }

    private static async Task ResumeAsync(HttpContext context)
    {
        if (await FindIdAsync(context) is not { } id)
            return;
        var calls = AgentCalls.Of(context);
        var result = await calls.ResumeTurnAsync(AgentPath.KeyOf(context), new ResumeTurn(id), context.RequestAborted);
        if (result.Value is { Status: TurnStatus.Paused } paused)
            await Problem.WriteAsync(context, RefusalOf(paused));
        else
            await AnswerAsync(context, result);
    }

    // Servers make the ids: a text that cannot be one names no turn, as with sessions.
    private static async ValueTask<string?> FindIdAsync(HttpContext context)
    {
        if (context.Request.RouteValues["turnId"] is string id && SessionId.CanExist(id))
            return id;
        await Problem.WriteAsync(context, NotFound);
        return null;
    }

    private static Task AnswerAsync(HttpContext context, Result<Turn> result) => result.IsRefused
        ? Problem.WriteAsync(context, result.Refusal)
        : JsonAnswer.WriteAsync(context, TurnResponse.Of(result.Value), GatewayJson.Answers.TurnResponse);
}
