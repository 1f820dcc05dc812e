using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.Extensions.Primitives;

namespace AgentMesh.Gateway.Identity.Tickets;

/// <summary>Metadata of an endpoint that a ticket opens.</summary>
internal sealed record TakesTickets
{
    public static TakesTickets Instance { get; } = new();
}

/// <summary>
/// Makes whoever comes with <c>?ticket=</c> the owner of the agent it is for, at an endpoint that <see cref="TakesTickets"/> and nowhere else. A ticket that
/// opens nothing is refused in every mode and at public routes too, and is spent only where it opens something.
/// </summary>
internal sealed class TicketAuthentication(RequestDelegate next, TicketSeal seal, AgentCalls calls, Challenges challenges)
{
    /// <summary>The parameter.</summary>
    private const string Parameter = "ticket";

    private const string Scheme = "Ticket";

    private static readonly Refusal Invalid = new(
        EdgeRefusals.InvalidToken, "The ticket is not one of this service's, not for this, used before, or too old. It opens one WebSocket or event stream of its agent.");

    public Task InvokeAsync(HttpContext context) =>
        context.Request.QueryString.HasValue && context.Request.Query.TryGetValue(Parameter, out var texts) ? EnterAsync(context, texts) : next(context);

    private async Task EnterAsync(HttpContext context, StringValues texts)
    {
        // Nothing behind has any use for it, and what has no secret can log none.
        context.Request.QueryString = QueryString.Create(context.Request.Query.Where(one => !one.Key.Equals(Parameter, StringComparison.OrdinalIgnoreCase)));
        var refusal = Find(context, texts) is { } ticket ? await UseAsync(context, ticket) : Invalid;
        if (refusal is null)
        {
            await next(context);
            return;
        }

        challenges.Set(context, refusal);
        await Problem.WriteAsync(context, refusal);
    }

    private Ticket? Find(HttpContext context, StringValues texts)
    {
        // Who shows two credentials does not say who they are.
        if (texts is not [{ } text] || context.Request.Headers.Authorization.Count > 0 || context.GetEndpoint()?.Metadata.GetMetadata<TakesTickets>() is null)
            return null;
        return seal.Open(text) is { } ticket && AgentPath.UserSegment(context.Request.Path) == ticket.Agent.User.ToString()
            && (TenantPath.Of(context) is not { } tenant || tenant == ticket.Agent.Tenant)
                ? ticket
                : null;
    }

    private async Task<Refusal?> UseAsync(HttpContext context, Ticket ticket)
    {
        var use = await calls.UseTicketAsync(ticket.Agent, new UseTicket(ticket.Id, RequestId.New(), ticket.ExpiresAt), context.RequestAborted);
        if (use.IsRefused)
            return use.Refusal;
        if (!use.Value.IsFirst)
            return Invalid;
        context.User = new CallerPrincipal(
            new Caller(ticket.Agent.Tenant, ticket.Agent.User, IsUser: true, IsAdmin: false, IsOperator: false) { EndsAt = ticket.EndsAt, Key = ticket.Key }, Scheme);
        return null;
    }
}
