using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace AgentMesh.Gateway.Agents;

/// <summary><c>POST,GET /agent/{userId}/sessions</c> and <c>GET,PATCH,DELETE …/sessions/{id}</c>, <c>GET …/sessions/{id}/summary</c>: histories of their own within one agent.</summary>
internal static class SessionEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 100;

    private static readonly SessionRequest Nothing = new(null, null);
    private static readonly Refusal NotFound = new(AgentRefusals.SessionNotFound, SessionId.NotFoundDetail);
    private static readonly Refusal InvalidLimit = new(AgentRefusals.InvalidLimit, $"limit must be one number, 1-{MaxLimit}.");
    private static readonly Refusal InvalidCursor = new(AgentRefusals.InvalidCursor, "cursor must be the nextCursor of an earlier page.");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/agent/{userId}/sessions", CreateAsync)
            .Describe("Begins a session.", operation => operation
                .TakesIdempotencyKey()
                .Takes<SessionRequest>(SessionRequestValidator.Describe, isOptional: true)
                .Answers<SessionResponse>(StatusCodes.Status201Created)
                .Refuses(AgentRefusals.InvalidMetadata, AgentRefusals.InvalidTtl, AgentRefusals.TooManySessions));
        endpoints.MapGet("/agent/{userId}/sessions", ListAsync)
            .Describe("Lists the sessions, the default one first.", operation => operation
                .Query("limit", "At most so many.", Schema.Number(1, MaxLimit, DefaultLimit))
                .Query("cursor", "The nextCursor of the page before.", Schema.Id())
                .Answers<SessionListResponse>()
                .Refuses(AgentRefusals.InvalidLimit, AgentRefusals.InvalidCursor));
        endpoints.MapGet("/agent/{userId}/sessions/{sessionId}", GetAsync)
            .Describe("Reads a session.", operation => operation.Answers<SessionResponse>().Refuses(AgentRefusals.SessionNotFound));
        endpoints.MapGet("/agent/{userId}/sessions/{sessionId}/summary", GetSummaryAsync)
            .Describe("Reads what a model reads in place of a session's older messages.", operation => operation
                .Answers<SummaryResponse>()
                .Refuses(AgentRefusals.SessionNotFound, AgentRefusals.SummaryNotFound));
        endpoints.MapPatch("/agent/{userId}/sessions/{sessionId}", UpdateAsync)
            .Describe("Merges into a session's metadata (RFC 7396).", operation => operation
                .Takes<SessionRequest>(SessionRequestValidator.Describe, isOptional: true)
                .Answers<SessionResponse>()
                .Refuses(AgentRefusals.InvalidMetadata, AgentRefusals.InvalidTtl, AgentRefusals.SessionNotFound, AgentRefusals.DefaultSessionFixed));
        endpoints.MapDelete("/agent/{userId}/sessions/{sessionId}", DeleteAsync)
            .Describe("Removes a session and its messages.", operation => operation
                .Answers(StatusCodes.Status204NoContent)
                .Refuses(AgentRefusals.SessionNotFound, AgentRefusals.DefaultSessionFixed));
    }

    private static async Task CreateAsync(HttpContext context)
    {
        if (!IdempotencyKey.TryRead(context.Request, out var key))
        {
            await Problem.WriteAsync(context, IdempotencyKey.Invalid);
            return;
        }

        if (await ReadAsync(context) is not { } request)
            return;
        var agent = AgentPath.KeyOf(context);
        var session = new CreateSession(request.Metadata?.GetRawText(), RequestId.New(), key, request.TtlSeconds?.GetInt32());
        var result = await AgentCalls.Of(context).CreateSessionAsync(agent, session, context.RequestAborted);
        if (!result.IsRefused)
        {
            context.Response.StatusCode = StatusCodes.Status201Created;
            context.Response.Headers.Location = $"{AgentPath.Of(agent)}/sessions/{result.Value.Id}";
        }

        await AnswerAsync(context, result);
    }

    private static async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (!QueryNumber.TryRead(query, "limit", 1, MaxLimit, out var limit))
        {
            await Problem.WriteAsync(context, InvalidLimit);
            return;
        }

        var cursors = query["cursor"];
        if (cursors.Count > 0 && (cursors is not [{ } cursor] || !SessionId.CanExist(cursor)))
        {
            await Problem.WriteAsync(context, InvalidCursor);
            return;
        }

        var page = new ListSessions((int)(limit ?? DefaultLimit), cursors.Count > 0 ? cursors[0] : null);
        var result = await AgentCalls.Of(context).ListSessionsAsync(AgentPath.KeyOf(context), page, context.RequestAborted);
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        else
            await JsonAnswer.StreamAsync(context, SessionListResponse.Of(result.Value), GatewayJson.Answers.SessionListResponse);
    }

    private static async Task GetAsync(HttpContext context)
    {
        if (await FindIdAsync(context) is { } id)
            await AnswerAsync(context, await AgentCalls.Of(context).GetSessionAsync(AgentPath.KeyOf(context), new GetSession(id), context.RequestAborted));
    }

    private static async Task GetSummaryAsync(HttpContext context)
    {
        if (await FindIdAsync(context) is not { } id)
            return;
        var result = await AgentCalls.Of(context).GetSummaryAsync(AgentPath.KeyOf(context), id, context.RequestAborted);
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        else
            await JsonAnswer.WriteAsync(context, SummaryResponse.Of(result.Value), GatewayJson.Answers.SummaryResponse);
    }

    private static async Task UpdateAsync(HttpContext context)
    {
        if (await FindIdAsync(context) is not { } id || await ReadAsync(context) is not { } request)
            return;
        var change = new UpdateSession(id, request.Metadata?.GetRawText());
        await AnswerAsync(context, await AgentCalls.Of(context).UpdateSessionAsync(AgentPath.KeyOf(context), change, context.RequestAborted));
    }

    // A long session takes several turns. Each shortens it, so the loop ends; a caller that leaves in between deletes again.
    private static async Task DeleteAsync(HttpContext context)
    {
        if (await FindIdAsync(context) is not { } id)
            return;
        while (true)
        {
            var result = await AgentCalls.Of(context).DeleteSessionAsync(AgentPath.KeyOf(context), new DeleteSession(id), context.RequestAborted);
            if (result.IsRefused)
            {
                await Problem.WriteAsync(context, result.Refusal);
                return;
            }

            if (result.Value.IsDone)
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }
        }
    }

    /// <summary>The body; what an absent one means. Null when the request has been answered.</summary>
    private static async ValueTask<SessionRequest?> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return Nothing;
        return await JsonRequest.ReadDeclaredAsync(context, RequestJson.Requests.SessionRequest);
    }

    private static async ValueTask<string?> FindIdAsync(HttpContext context)
    {
        if (context.Request.RouteValues["sessionId"] is string id && SessionId.CanExist(id))
            return id;
        await Problem.WriteAsync(context, NotFound);
        return null;
    }

    private static Task AnswerAsync(HttpContext context, Result<Session> result) => result.IsRefused
        ? Problem.WriteAsync(context, result.Refusal)
        : JsonAnswer.WriteAsync(context, SessionResponse.Of(result.Value), GatewayJson.Answers.SessionResponse);
}

/// <summary>The body of a new or changed session.</summary>
/// <param name="Metadata">A JSON object; null or left out: none, or no change.</param>
/// <param name="TtlSeconds">Of a new session: how long it lives unused; 0 for ever, null or left out: as configured. Later it does not change.</param>
internal sealed record SessionRequest(JsonElement? Metadata, JsonElement? TtlSeconds);

/// <summary>A session.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastActive">Its last message or touch.</param>
/// <param name="Metadata">The owner's notes.</param>
/// <param name="TtlSeconds">How long it lives unused; null: for ever.</param>
/// <param name="ExpiresAt">When it is removed if nothing is done with it; null: never.</param>
internal sealed record SessionResponse(
    string Id, DateTime CreatedAt, DateTime LastActive, JsonElement Metadata, int? TtlSeconds, DateTime? ExpiresAt)
{
    // UtcDateTime: written with Z.
    public static SessionResponse Of(Session session) => new(
        session.Id,
        session.CreatedAt.UtcDateTime,
        session.LastActive.UtcDateTime,
        JsonElement.Parse(session.Metadata),
        session.TtlSeconds,
        session.ExpiresAt?.UtcDateTime);
}

/// <summary>What a model reads in place of a session's older messages.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Text">Written by a model.</param>
/// <param name="ThroughSeq">The seq of the last message that is in it.</param>
/// <param name="UpdatedAt">When it was written.</param>
internal sealed record SummaryResponse(string SessionId, string Text, long ThroughSeq, DateTime UpdatedAt)
{
    public static SummaryResponse Of(Summary summary) => new(summary.SessionId, summary.Text, summary.ThroughSeq, summary.UpdatedAt.UtcDateTime);
}

/// <summary>A page of the sessions.</summary>
/// <param name="Sessions">The default session first, then in the order they were made.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page; null at the end.</param>
internal sealed record SessionListResponse(IReadOnlyList<SessionResponse> Sessions, string? NextCursor)
{
    public static SessionListResponse Of(SessionList list) => new([.. list.Sessions.Select(SessionResponse.Of)], list.NextCursor);
}
