using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using FluentValidation;

namespace AgentMesh.Gateway.Mail;

/// <summary>
/// <c>POST /agent/{userId}/send</c>: a message to other agents. Answers 202 when it is durable; with <c>await</c> 200 when it is answered, or when it is
/// known that it will not be.
/// </summary>
internal static class SendEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost("/agent/{userId}/send", AnswerAsync)
        .Describe("Sends a message to other agents.", operation => operation
            .TakesIdempotencyKey()
            .Takes<SendRequest>(SendRequestValidator.Describe)
            .Answers<SendResponse>()
            .Answers<SendResponse>(StatusCodes.Status202Accepted)
            .Refuses(AgentRefusals.InvalidContent, MailCodes.InvalidMail, MailCodes.MailRateLimited, MailCodes.OutboxFull, AgentRefusals.RateLimited)
            .Refuses(MailCodes.InvalidRecipient, MailCodes.MailNotAllowed, MailCodes.MailTooManyHops, MailCodes.MailNotFound, MailCodes.MailIsAnswered)
            .Spends());

    /// <summary>Where to ask for a sent message.</summary>
    public static string PathOf(AgentKey agent, string id) => $"{AgentPath.Of(agent)}/outbox/{id}";

    /// <summary>Answers that a message is sent and under way.</summary>
    public static Task AcceptAsync(HttpContext context, AgentKey agent, SendResponse sent)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.Location = PathOf(agent, sent.MessageId);
        return JsonAnswer.WriteAsync(context, sent, GatewayJson.Answers.SendResponse);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var agent = AgentPath.KeyOf(context);
        if (!await JsonRequest.IsDeclaredAsync(context))
            return;
        if (!IdempotencyKey.TryRead(context.Request, out var key))
        {
            await Problem.WriteAsync(context, IdempotencyKey.Invalid);
            return;
        }

        var services = context.RequestServices;
        var validator = services.GetRequiredService<IValidator<SendRequest>>();
        if (await JsonRequest.ReadAsync(context, RequestJson.Requests.SendRequest, validator) is not { } request)
            return;
        var reply = await services.GetRequiredService<MailSends>().SendAsync(agent, request.ToContract(agent, RequestId.New(), key), context.RequestAborted);
        RateLimitHeaders.Set(context.Response, reply.RateLimit, reply.Refusal);
        if (reply.Value is not { } sent)
            await Problem.WriteAsync(context, reply.ToResult().Refusal!);
        else if (request.AwaitNumber is { } seconds && await WaitAsync(context, agent, sent, seconds) is { } over)
            await JsonAnswer.StreamAsync(context, SendResponse.Of(over), GatewayJson.Answers.SendResponse);
        else
            await AcceptAsync(context, agent, new SendResponse(sent.MessageIds[0], request.HasList ? sent.MessageIds : null));
    }

    private static Task<MailItem?> WaitAsync(HttpContext context, AgentKey agent, SentMail sent, int seconds) =>
        context.RequestServices.GetRequiredService<MailWaits>().WaitAsync(agent, sent.MessageIds[0], TimeSpan.FromSeconds(seconds), context.RequestAborted);
}
