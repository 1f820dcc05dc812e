using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;

namespace AgentMesh.Gateway.Identity.Tickets;

/// <summary>
/// <c>POST /agent/{userId}/ticket</c>, without a body: a ticket to watch this agent with, once and soon, for what cannot send a header: WebSockets and event
/// streams of browsers, at <c>?ticket=</c>.
/// </summary>
internal static class TicketEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost("/agent/{userId}/ticket", AnswerAsync)
        .Describe("Makes a ticket to watch this agent with, once and soon.", operation => operation.Answers<TicketResponse>(StatusCodes.Status201Created));

    private static Task AnswerAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        var (text, expiresAt) = context.RequestServices.GetRequiredService<TicketSeal>().Make(AgentPath.KeyOf(context), caller?.EndsAt, caller?.Key);
        context.Response.StatusCode = StatusCodes.Status201Created;
        return JsonAnswer.WriteAsync(context, new TicketResponse(text, expiresAt.UtcDateTime), GatewayJson.Answers.TicketResponse);
    }
}

/// <summary>A ticket.</summary>
/// <param name="Ticket">Its text.</param>
/// <param name="ExpiresAt">Until when it may be used.</param>
internal sealed record TicketResponse(string Ticket, DateTime ExpiresAt);
