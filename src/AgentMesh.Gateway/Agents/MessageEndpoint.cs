using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Gateway.Turns;
using AgentMesh.Gateway.Watching;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using FluentValidation;
using Microsoft.Extensions.Primitives;

namespace AgentMesh.Gateway.Agents;

/// <summary>
/// <c>POST /agent/{userId}/message</c>: answers when message and reply are durable. With <c>Accept: text/event-stream</c> the reply
/// comes as it is written, with <c>Prefer: respond-async</c> (RFC 7240) the answer is 202 as soon as the message is durable.
/// </summary>
internal static class MessageEndpoint
{
    private const string RespondAsync = "respond-async";

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost("/agent/{userId}/message", AnswerAsync)
        .Describe("Says something to the agent, and answers with what it says.", operation => operation
            .TakesIdempotencyKey()
            .Header("Prefer", "respond-async (RFC 7240): 202 as soon as the message is durable.", Schema.OneOf(RespondAsync))
            .Takes<MessageRequest>(MessageRequestValidator.Describe)
            .Answers<TurnAnswer>()
            .Answers(StatusCodes.Status200OK, "text/event-stream")
            .Answers<AcceptedTurn>(StatusCodes.Status202Accepted)
            .Refuses(AgentRefusals.InvalidContent, AgentRefusals.InvalidIfBusy, AgentRefusals.SessionNotFound, AgentRefusals.RateLimited, AgentRefusals.TurnRunning)
            .Refuses(AgentRefusals.TooManyTurns, AgentRefusals.TurnFailed, AgentRefusals.TurnCanceled, AgentRefusals.TurnTimedOut, QuotaRefusals.TenantStorageFull)
            .Spends());

    private static async Task AnswerAsync(HttpContext context)
    {
        var agent = AgentPath.KeyOf(context);
        if (!await JsonRequest.IsDeclaredAsync(context))
            return;
        if (!IdempotencyKey.TryRead(context.Request, out var idempotencyKey))
        {
            await Problem.WriteAsync(context, IdempotencyKey.Invalid);
            return;
        }

        var services = context.RequestServices;
        var validator = services.GetRequiredService<IValidator<MessageRequest>>();
        if (await JsonRequest.ReadAsync(context, RequestJson.Requests.MessageRequest, validator) is not { Content: { } content } request)
            return;

        var message = new PostMessage(content, request.SessionId, RequestId.New(), idempotencyKey, request.IfBusy);
        var reply = await services.GetRequiredService<MessagePosts>().PostAsync(agent, message, MessageTransports.Http, context.RequestAborted);
        RateLimitHeaders.Set(context.Response, reply.RateLimit, reply.Refusal);
        if (reply.Value is not { } posted)
            await Problem.WriteAsync(context, reply.ToResult().Refusal!);
        else if (EventStream.IsAccepted(context.Request))
            await services.GetRequiredService<TurnStream>().AnswerAsync(context, agent, posted);
        else if (IsAsync(context.Request.Headers["Prefer"]))
            await AcceptAsync(context, agent, posted);
        else if (posted.IsPending)
            await WaitAsync(context, agent, posted);
        else
            await JsonAnswer.WriteAsync(context, TurnAnswer.Of(posted), GatewayJson.Answers.TurnAnswer);
    }

    private static async Task WaitAsync(HttpContext context, AgentKey agent, PostedMessage posted)
    {
        var result = await context.RequestServices.GetRequiredService<TurnWaits>().WaitAsync(agent, posted, context.RequestAborted);
        switch (result.Value)
        {
            case { Answer: { } answer }:
                await JsonAnswer.WriteAsync(context, TurnAnswer.Of(answer), GatewayJson.Answers.TurnAnswer);
                break;
            case { Status: TurnStatus.Failed or TurnStatus.Canceled or TurnStatus.Paused } unanswered:
                await Problem.WriteAsync(context, TurnEndpoints.RefusalOf(unanswered));
                break;
            default:
                // Not over, or the agent cannot be asked: what is certain is that the message is stored.
                await AcceptAsync(context, agent, posted, result.Value?.Status ?? TurnStatus.Queued);
                break;
        }
    }

    private static async Task AcceptAsync(HttpContext context, AgentKey agent, PostedMessage posted)
    {
        context.Response.Headers["Preference-Applied"] = RespondAsync;
        var status = TurnStatus.Completed;
        if (posted.IsPending)
        {
            var turn = await AgentCalls.Of(context).GetTurnAsync(agent, new GetTurn(posted.TurnId), context.RequestAborted);
            status = turn.Value?.Status ?? TurnStatus.Queued;
        }

        await AcceptAsync(context, agent, posted, status);
    }

    private static Task AcceptAsync(HttpContext context, AgentKey agent, PostedMessage posted, string status)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.Location = TurnEndpoints.PathOf(agent, posted.TurnId);
        return JsonAnswer.WriteAsync(context, new AcceptedTurn(posted.TurnId, posted.SessionId, status), GatewayJson.Answers.AcceptedTurn);
    }

    // Preferences are separated by commas, over one header or several; parameters and values after it change nothing.
    private static bool IsAsync(StringValues preferences) => preferences.Any(line =>
        line?.Split(',').Any(preference => preference.Split(';', '=')[0].Trim().Equals(RespondAsync, StringComparison.OrdinalIgnoreCase)) == true);
}

/// <summary>The body of a message.</summary>
/// <param name="Content">The text.</param>
/// <param name="SessionId">The session; null for the default one.</param>
/// <param name="IfBusy">What happens when a turn of the session runs; null: it waits.</param>
internal sealed record MessageRequest(string? Content, string? SessionId, string? IfBusy = null);
