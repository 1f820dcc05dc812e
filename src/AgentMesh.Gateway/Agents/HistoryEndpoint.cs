using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Agents;

/// <summary><c>GET /agent/{userId}/history?limit=&amp;before=&amp;sessionId=</c>: a page, the newest one by default, oldest message first.</summary>
internal static class HistoryEndpoint
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    private static readonly Refusal InvalidLimit = new(AgentRefusals.InvalidLimit, $"limit must be one number, 1-{MaxLimit}.");
    private static readonly Refusal InvalidBefore = new(EdgeRefusals.InvalidBefore, "before must be one positive number, a seq.");
    private static readonly Refusal SessionNotFound = new(AgentRefusals.SessionNotFound, SessionId.NotFoundDetail);

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/agent/{userId}/history", context => AnswerAsync(context, null))
        .Describe("Reads a page of a session's messages, the newest one by default, oldest message first.", operation => Describe(operation));

    /// <summary>What the OpenAPI document says of a page.</summary>
    public static Operation Describe(Operation operation) => operation
        .Query("limit", "At most so many.", Schema.Number(1, MaxLimit, DefaultLimit))
        .Query("before", "Only what is older: the nextBefore of the page before.", Schema.Number(1))
        .Query("sessionId", "The session; the default one without it.", Schema.Id())
        .Answers<HistoryPage>()
        .Refuses(AgentRefusals.InvalidLimit, EdgeRefusals.InvalidBefore, AgentRefusals.SessionNotFound, EdgeRefusals.TooManyCalls);

    /// <summary>Answers with a page of the history, or of what a search finds in it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="search">The text to find; null: everything.</param>
    public static async Task AnswerAsync(HttpContext context, string? search)
    {
        var query = Read(context.Request.Query);
        if (query.IsRefused)
        {
            await Problem.WriteAsync(context, query.Refusal);
            return;
        }

        var page = query.Value with { Search = search };
        Result<HistoryPage> result = LongReads.Begin(context) is { } refusal ? refusal : await LongReads.Of(context).GetHistoryAsync(AgentPath.KeyOf(context), page, context.RequestAborted);
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        else
            await JsonAnswer.StreamAsync(context, result.Value, GatewayJson.Answers.HistoryPage);
    }

    private static Result<GetHistory> Read(IQueryCollection query)
    {
        if (!QueryNumber.TryRead(query, "limit", 1, MaxLimit, out var limit))
            return InvalidLimit;
        if (!QueryNumber.TryRead(query, "before", 1, long.MaxValue, out var before))
            return InvalidBefore;
        var sessions = query["sessionId"];
        if (sessions.Count > 0 && (sessions is not [{ } session] || !SessionId.CanExist(session)))
            return SessionNotFound;
        return new GetHistory(sessions.Count > 0 ? sessions[0] : null, (int)(limit ?? DefaultLimit), before);
    }
}
