using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.ServiceDefaults.Problems;
using FluentValidation;

namespace AgentMesh.Gateway.Agents;

/// <summary><c>POST /agent/{userId}/message</c>: answers when message and reply are durable.</summary>
internal static class MessageEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost("/agent/{userId}/message", AnswerAsync);

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

        var validator = context.RequestServices.GetRequiredService<IValidator<MessageRequest>>();
        if (await JsonRequest.ReadAsync(context, RequestJson.Requests.MessageRequest, validator) is not { Content: { } content } request)
            return;

        var message = new PostMessage(content, request.SessionId, RequestId.New(), idempotencyKey);
        var calls = context.RequestServices.GetRequiredService<AgentCalls>();
        var result = await calls.PostMessageAsync(agent, message, context.RequestAborted);
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        else
            await JsonAnswer.WriteAsync(context, result.Value, GatewayJson.Answers.PostedMessage);
    }
}

/// <summary>The body of a message.</summary>
/// <param name="Content">The text.</param>
/// <param name="SessionId">The session; null for the default one.</param>
internal sealed record MessageRequest(string? Content, string? SessionId);
