using System.Diagnostics.CodeAnalysis;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Mail;

/// <summary>
/// <c>GET /agent/{userId}/inbox</c> and <c>…/outbox</c>, newest first; <c>GET</c> of one message, <c>POST …/inbox/{n}/read</c> or <c>DELETE …/inbox/{n}</c>,
/// <c>POST …/outbox/{id}/replay</c>, <c>DELETE …/outbox/{id}</c>.
/// </summary>
internal static class MailboxEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 100;

    private static readonly Refusal InvalidLimit = new(AgentRefusals.InvalidLimit, $"limit must be one number, 1-{MaxLimit}.");
    private static readonly Refusal InvalidBefore = new(EdgeRefusals.InvalidBefore, "before must be one positive number, the nextBefore of an earlier page.");
    private static readonly Refusal NotFound = new(MailCodes.MailNotFound, "The agent has no such message, or does not keep it any more.");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/agent/{userId}/inbox", ListReceivedAsync)
            .Describe("Reads a page of the messages that have come, newest first.", operation => operation
                .Query("limit", "At most so many.", Schema.Number(1, MaxLimit, DefaultLimit))
                .Query("before", "Only what is older: the nextBefore of the page before.", Schema.Number(1))
                .Answers<InboxResponse>()
                .Refuses(AgentRefusals.InvalidLimit, EdgeRefusals.InvalidBefore, EdgeRefusals.TooManyCalls));
        endpoints.MapGet("/agent/{userId}/inbox/{n}", GetReceivedAsync)
            .Describe("Reads a message that has come.", operation => operation.Answers<ReceivedMailResponse>().Refuses(MailCodes.MailNotFound));
        endpoints.MapPost("/agent/{userId}/inbox/{n}/read", ReadAsync)
            .Describe("Notes that a message was read.", operation => operation
                .Answers(StatusCodes.Status204NoContent)
                .Refuses(MailCodes.MailNotFound, MailCodes.MailIsAnswered));
        endpoints.MapDelete("/agent/{userId}/inbox/{n}", ReadAsync)
            .Describe("As reading it: its place may be needed for others.", operation => operation
                .Answers(StatusCodes.Status204NoContent)
                .Refuses(MailCodes.MailNotFound, MailCodes.MailIsAnswered));
        endpoints.MapGet("/agent/{userId}/outbox", ListSentAsync)
            .Describe("Reads a page of the messages that were sent, newest first.", operation => operation
                .Query("limit", "At most so many.", Schema.Number(1, MaxLimit, DefaultLimit))
                .Query("before", "Only what is older: the nextBefore of the page before.", Schema.Number(1))
                .Answers<OutboxResponse>()
                .Refuses(AgentRefusals.InvalidLimit, EdgeRefusals.InvalidBefore, EdgeRefusals.TooManyCalls));
        endpoints.MapGet("/agent/{userId}/outbox/{messageId}", GetSentAsync)
            .Describe("Reads a message that was sent, and the answer to it.", operation => operation.Answers<SentMailResponse>().Refuses(MailCodes.MailNotFound));
        endpoints.MapPost("/agent/{userId}/outbox/{messageId}/replay", ReplayAsync)
            .Describe("Sends a dead message anew.", operation => operation
                .Answers<SendResponse>(StatusCodes.Status202Accepted)
                .Refuses(MailCodes.MailNotFound, MailCodes.MailNotDead, MailCodes.OutboxFull, MailCodes.MailRateLimited)
                .Spends());
        endpoints.MapDelete("/agent/{userId}/outbox/{messageId}", DiscardAsync)
            .Describe("Gives up a message that is under way.", operation => operation.Answers(StatusCodes.Status204NoContent).Refuses(MailCodes.MailNotFound, MailCodes.MailNotOpen));
    }

    private static async Task ListReceivedAsync(HttpContext context)
    {
        if (await ListAsync(context, isSent: false) is { } page)
            await JsonAnswer.StreamAsync(context, InboxResponse.Of(page), GatewayJson.Answers.InboxResponse);
    }

    private static async Task ListSentAsync(HttpContext context)
    {
        if (await ListAsync(context, isSent: true) is { } page)
            await JsonAnswer.StreamAsync(context, OutboxResponse.Of(page), GatewayJson.Answers.OutboxResponse);
    }

    /// <returns>Null: the request has been answered.</returns>
    private static async ValueTask<MailPage?> ListAsync(HttpContext context, bool isSent)
    {
        var query = context.Request.Query;
        if (!QueryNumber.TryRead(query, "limit", 1, MaxLimit, out var limit))
        {
            await Problem.WriteAsync(context, InvalidLimit);
            return null;
        }

        if (!QueryNumber.TryRead(query, "before", 1, long.MaxValue, out var before))
        {
            await Problem.WriteAsync(context, InvalidBefore);
            return null;
        }

        var page = new ListMail(isSent, (int)(limit ?? DefaultLimit), before);
        Result<MailPage> result = LongReads.Begin(context) is { } refusal ? refusal : await LongReads.Of(context).ListMailAsync(AgentPath.KeyOf(context), page, context.RequestAborted);
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        return result.Value;
    }

    private static async Task GetReceivedAsync(HttpContext context)
    {
        if (!TryFindNumber(context, out var n))
            await Problem.WriteAsync(context, NotFound);
        else if (await GetAsync(context, new GetMail(IsSent: false, N: n)) is { } mail)
            await JsonAnswer.StreamAsync(context, ReceivedMailResponse.Of(mail), GatewayJson.Answers.ReceivedMailResponse);
    }

    private static async Task GetSentAsync(HttpContext context)
    {
        if (FindId(context) is not { } id)
            await Problem.WriteAsync(context, NotFound);
        else if (await GetAsync(context, new GetMail(IsSent: true, id)) is { } mail)
            await JsonAnswer.StreamAsync(context, SentMailResponse.Of(mail), GatewayJson.Answers.SentMailResponse);
    }

    /// <returns>Null: the request has been answered.</returns>
    private static async ValueTask<MailItem?> GetAsync(HttpContext context, GetMail mail)
    {
        var result = await AgentCalls.Of(context).GetMailAsync(AgentPath.KeyOf(context), mail, context.RequestAborted);
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        return result.Value;
    }

    private static async Task ReadAsync(HttpContext context)
    {
        if (!TryFindNumber(context, out var n))
            await Problem.WriteAsync(context, NotFound);
        else if (await ChangeAsync(context, new ChangeMail(MailVerbs.Read, N: n)) is not null)
            context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task DiscardAsync(HttpContext context)
    {
        if (FindId(context) is not { } id)
            await Problem.WriteAsync(context, NotFound);
        else if (await ChangeAsync(context, new ChangeMail(MailVerbs.Discard, id)) is not null)
            context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task ReplayAsync(HttpContext context)
    {
        if (FindId(context) is not { } id)
            await Problem.WriteAsync(context, NotFound);
        else if (await ChangeAsync(context, new ChangeMail(MailVerbs.Replay, id)) is { } replayed)
            await SendEndpoint.AcceptAsync(context, AgentPath.KeyOf(context), new SendResponse(replayed.Id));
    }

    /// <returns>Null: the request has been answered.</returns>
    private static async ValueTask<MailItem?> ChangeAsync(HttpContext context, ChangeMail change)
    {
        var reply = await AgentCalls.Of(context).ChangeMailAsync(AgentPath.KeyOf(context), change, context.RequestAborted);
        RateLimitHeaders.Set(context.Response, reply.RateLimit, reply.Refusal);
        var result = reply.ToResult();
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        return result.Value;
    }

    // Agents give the numbers: a text that is none names no message, as with sessions.
    [SuppressMessage("Design", "CA1021:Avoid out parameters", Justification = "The Try pattern.")]
    private static bool TryFindNumber(HttpContext context, out long n)
    {
        n = 0;
        return context.Request.RouteValues["n"] is string text && QueryNumber.TryParse(text, out n) && n > 0;
    }

    private static string? FindId(HttpContext context) => context.Request.RouteValues["messageId"] is string id && MailId.CanExist(id) ? id : null;
}
